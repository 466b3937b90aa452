import { AccountIds, connectDatabase, LaneApplier } from '@saldo/store';
import { nowMs } from '../load/patterns.js';
import { answerParent } from '../machine/child.js';
import { workJobs, type QueuePlace } from './job-queue.js';

export type WorkerRequest =
  | ({ readonly step: 'start'; readonly lanes: number; readonly concurrency: number } & QueuePlace)
  /** Stops, and answers how long each operation took from submit to outcome. */
  | { readonly step: 'stop' };

/** Beside the connection of each job's transaction: accounts are made on another. */
const SPARE_CONNECTIONS = 4;

let stop: (() => Promise<void>) | undefined;
let latenciesMs: number[] = [];
/** Connections stay open from run to run, with their prepared statements. */
let ledger: { readonly appliers: readonly LaneApplier[] } | undefined;

answerParent<WorkerRequest, readonly number[]>(async (request) => {
  if (request.step === 'stop') {
    await stop?.();
    stop = undefined;
    const taken = latenciesMs;
    latenciesMs = [];
    return taken;
  }
  const { appliers } = (ledger ??= openLedger(request));
  stop = workJobs(request, request.concurrency, async ({ lane, submittedAtMs }) => {
    await appliers[lane]?.applyNext(1);
    latenciesMs.push(nowMs() - submittedAtMs);
  });
  return [];
});

function openLedger({ databaseUrl, lanes, concurrency }: Extract<WorkerRequest, { step: 'start' }>): {
  appliers: LaneApplier[];
} {
  const database = connectDatabase(databaseUrl, { poolMax: concurrency + SPARE_CONNECTIONS, name: 'bench-worker' });
  const accountIds = new AccountIds();
  return { appliers: Array.from({ length: lanes }, (_, lane) => new LaneApplier(database, lane, accountIds)) };
}
