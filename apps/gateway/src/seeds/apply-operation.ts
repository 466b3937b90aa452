import type { OperationRequest } from '@saldo/ledger';
import type { Ended, Entry } from '@saldo/store';
import type { Request, Response } from 'express';
import { apiKeyOf } from '../http/authenticate.js';
import { idempotencyKeyOf } from '../http/idempotency-key.js';
import { preferredWait, prefersAsync } from '../http/prefer.js';
import type { FinishedJobs } from '../jobs/finished-jobs.js';
import { queuedJob } from '../jobs/job-json.js';
import { submit, type OperationIntake } from '../jobs/submit.js';
import { OPERATION_SCHEMAS, validateOperation } from '../validation/operation-request.js';

const WAIT_S_DEFAULT = 10;
const MS_PER_S = 1_000;

export interface OperationParts {
  readonly intake: OperationIntake;
  readonly finished: FinishedJobs;
  readonly lanes: number;
}

/** An operation that has ended, and the job that it was. */
export type Applied = Ended & { readonly jobId: string };

/**
 * Has the ledger apply what a request to an old path means: through the same intake, lanes and workers as any
 * operation. Answers its outcome, or undefined when it isn't known in time: then 202 with the job has been sent.
 */
export async function applyOperation(
  { intake, finished, lanes }: OperationParts,
  request: Request,
  response: Response,
  operation: OperationRequest,
): Promise<Applied | undefined> {
  const idempotencyKey = idempotencyKeyOf(request.get('idempotency-key'));
  const valid = validateOperation(operation, OPERATION_SCHEMAS);
  if (valid.errors !== undefined)
    throw new Error(`an old path was translated into no operation: ${JSON.stringify(valid.errors)}`);
  const command = { request: valid.value, idempotencyKey };
  const [job] = await submit(intake, lanes, apiKeyOf(response).id, [command], () => 'Idempotency-Key');
  if (job === undefined) throw new Error('an operation was accepted without a job');
  if (job.replayed) response.set('Idempotent-Replayed', 'true');
  const isFinished = await finished.wait([job], waitSOf(request, response) * MS_PER_S);
  const ended = isFinished ? (await finished.read(job.id))?.ended : undefined;
  if (ended !== undefined) return { ...ended, jobId: job.id };
  response
    .status(202)
    .set({ Location: `/v1/jobs/${job.id}`, 'Retry-After': '1' })
    .json(queuedJob(job, command.request));
  return undefined;
}

/** What one side of a completed operation looks like: the debits or the credits. */
export function entryOf(entries: readonly Entry[], direction: Entry['direction']): Entry {
  const entry = entries.find((one) => one.direction === direction);
  if (entry === undefined) throw new Error(`a completed operation has no ${direction}`);
  return entry;
}

function waitSOf(request: Request, response: Response): number {
  const preferences = request.get('prefer');
  const waitS = preferredWait(preferences);
  const isAsync = prefersAsync(preferences);
  const applied = [...(isAsync ? ['respond-async'] : []), ...(waitS === undefined ? [] : [`wait=${waitS}`])];
  if (applied.length > 0) response.set('Preference-Applied', applied.join(', '));
  return waitS ?? (isAsync ? 0 : WAIT_S_DEFAULT);
}
