import { setTimeout as sleep } from 'node:timers/promises';
import { payerOf, type OperationRequest } from '@saldo/ledger';
import { laneOf } from '@saldo/queue';
import { acceptOperations, connectDatabase, type Database, type NewJob } from '@saldo/store';
import { uuidv7 } from 'uuidv7';
import { BatchRing } from '../load/batches.js';
import { nowMs } from '../load/patterns.js';
import { seeded } from '../load/random.js';
import type { Mix, Spread } from '../load/shapes.js';
import { answerParent } from '../machine/child.js';
import { openJobQueue, type JobQueue, type QueuePlace } from './job-queue.js';
import { readTotals, untilApplied } from './progress.js';
import type { RunResult } from './way.js';

export interface ProducerRequest extends QueuePlace {
  readonly name: string;
  readonly spread: Spread;
  readonly mix: Mix;
  readonly accounts: number;
  readonly lanes: number;
  readonly batchSize: number;
  /** So many batches are under way at once. */
  readonly batches: number;
  readonly seed: number;
  readonly seconds: number;
}

const RING_SIZE = 4;
const POLL_MS = 20;
/** The admin key is the first that the ledger has. */
const API_KEY_ID = 1;

/** Connections stay open from run to run. */
let database: Database | undefined;
let queue: JobQueue | undefined;

/**
 * Accepts batches as Saldo's gateway does, but adds one job for each operation. No more than so many batches are under
 * way: a queue that only grows would say nothing but how fast one can add to it.
 */
answerParent<ProducerRequest, RunResult>(async (request) => {
  database ??= connectDatabase(request.databaseUrl, { poolMax: request.batches + 1, name: 'bench-producer' });
  queue ??= openJobQueue(request);
  return produce(request, database, queue);
});

async function produce(request: ProducerRequest, ledger: Database, jobs: JobQueue): Promise<RunResult> {
  const rings = Array.from(
    { length: request.batches },
    (_, index) =>
      new BatchRing(`${request.name}.${index}`, RING_SIZE, { ...request, random: seeded(request.seed + index) }),
  );
  const before = await readTotals(ledger);
  const startedAtMs = nowMs();
  const endMs = startedAtMs + request.seconds * 1_000;
  let operations = 0;
  let applied = 0;
  const watch = setInterval(() => {
    readTotals(ledger).then((totals) => (applied = totals.applied - before.applied), console.error);
  }, POLL_MS);
  await Promise.all(
    rings.map(async (ring) => {
      while (nowMs() < endMs) {
        const { body, count } = ring.next();
        operations += count;
        await submit(request, ledger, jobs, operationsOf(body));
        while (operations - applied > request.batches * request.batchSize && nowMs() < endMs) await sleep(POLL_MS);
      }
    }),
  );
  const endedAtMs = await untilApplied(ledger);
  clearInterval(watch);
  return { operations, seconds: (endedAtMs - startedAtMs) / 1_000, latenciesMs: [] };
}

function operationsOf(body: string): readonly OperationRequest[] {
  return (JSON.parse(body) as { operations: OperationRequest[] }).operations;
}

async function submit(
  { lanes }: ProducerRequest,
  ledger: Database,
  jobs: JobQueue,
  requests: readonly OperationRequest[],
): Promise<void> {
  const submittedAtMs = nowMs();
  const accepted = requests.map((request): NewJob => {
    const userId = payerOf(request);
    const lane = laneOf(userId, lanes);
    return {
      id: uuidv7(),
      apiKeyId: API_KEY_ID,
      idempotencyKey: undefined,
      type: request.type,
      userId,
      lane,
      priority: 'normal',
      request,
    };
  });
  await acceptOperations(ledger, lanes, [accepted]);
  await jobs.addAll(accepted.map(({ lane }) => ({ lane, submittedAtMs })));
}
