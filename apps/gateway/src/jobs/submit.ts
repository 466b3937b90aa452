import type { OperationRequest } from '@saldo/ledger';
import { payerOf } from '@saldo/ledger';
import { laneOf, type Intake } from '@saldo/queue';
import type { AcceptedJob, NewJob } from '@saldo/store';
import { uuidv7 } from 'uuidv7';
import { Problem, type FieldError } from '../http/problem.js';

export type OperationIntake = Intake<NewJob, AcceptedJob>;

/** A valid operation and the key under which its sender may repeat it. */
export interface Command {
  readonly request: OperationRequest;
  readonly idempotencyKey: string | undefined;
}

/**
 * Submits operations to be accepted together, each once per idempotency key, and answers their jobs in order.
 * Throws `idempotency_mismatch` if a key was used for another operation; then none is accepted.
 */
export async function submit(
  intake: OperationIntake,
  lanes: number,
  apiKeyId: number,
  commands: readonly Command[],
  pointerOf: (index: number) => string,
): Promise<AcceptedJob[]> {
  const firstByKey = new Map<string, number>();
  const distinct: NewJob[] = [];
  /** For each command, which of the distinct jobs answers it. */
  const answeredBy = commands.map(({ request, idempotencyKey }, index) => {
    const first = idempotencyKey === undefined ? undefined : firstByKey.get(idempotencyKey);
    if (first !== undefined) {
      if (JSON.stringify(distinct[first]?.request) !== JSON.stringify(request)) throw mismatch([pointerOf(index)]);
      return first;
    }
    const userId = payerOf(request);
    distinct.push({
      id: uuidv7(),
      apiKeyId,
      idempotencyKey,
      type: request.type,
      userId,
      lane: laneOf(userId, lanes),
      priority: request.priority ?? 'normal',
      request,
    });
    if (idempotencyKey !== undefined) firstByKey.set(idempotencyKey, distinct.length - 1);
    return distinct.length - 1;
  });
  const accepted = await intake.submit(distinct);
  if (accepted.kind === 'mismatched') {
    throw mismatch(accepted.indexes.map((distinctIndex) => pointerOf(answeredBy.indexOf(distinctIndex))));
  }
  const seen = new Set<number>();
  return answeredBy.map((distinctIndex) => {
    const job = accepted.jobs[distinctIndex];
    if (job === undefined) throw new Error('an operation was accepted without a job');
    const isRepeated = seen.has(distinctIndex);
    seen.add(distinctIndex);
    return isRepeated ? { ...job, replayed: true } : job;
  });
}

function mismatch(pointers: readonly string[]): Problem {
  const errors: FieldError[] = pointers.map((pointer) => ({
    pointer,
    detail: 'was used before for another operation',
  }));
  return new Problem(
    'idempotency_mismatch',
    'The idempotency key was used before for another operation. Nothing was accepted.',
    { errors },
  );
}
