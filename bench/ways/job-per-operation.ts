import { Child } from '../machine/child.js';
import type { Mix, Spread } from '../load/shapes.js';
import type { ProducerRequest } from './job-producer-process.js';
import type { QueuePlace } from './job-queue.js';
import type { WorkerRequest } from './job-worker-process.js';
import type { RunResult, Way } from './way.js';

/** The ledger that it works on has so many lanes, so that its jobs hardly ever wait for one another's. */
export const JOB_LANES = 64;
const CONCURRENCY = 16;
/** So many batches of operations are under way: a worker of this concurrency always finds some. */
const BATCHES = 4;

export interface JobPerOperation {
  on(spread: Spread, mix: Mix, batchSize: number): Way;
  stop(): Promise<void>;
}

/** What a team would write first: one BullMQ job for each operation, applied by the same store call as Saldo's. */
export function startJobPerOperation(name: string, place: QueuePlace, accounts: number): JobPerOperation {
  const producer = new Child<ProducerRequest, RunResult>('./job-producer-process.js', import.meta.url);
  const worker = new Child<WorkerRequest, readonly number[]>('./job-worker-process.js', import.meta.url);
  return {
    on: (spread, mix, batchSize) => ({
      groups: [
        { name: 'client', pid: producer.pid, withChildren: false },
        { name: 'worker', pid: worker.pid, withChildren: false },
      ],
      // It is stopped between its runs, so that it costs the others nothing.
      prepare: async () =>
        void (await worker.ask({ step: 'start', lanes: JOB_LANES, concurrency: CONCURRENCY, ...place })),
      run: async ({ name: run, seed, seconds }) => {
        const shape = { spread, mix, accounts, lanes: JOB_LANES, batchSize, batches: BATCHES };
        const result = await producer.ask({ ...place, ...shape, name: `${name}.${run}`, seed, seconds });
        return { ...result, latenciesMs: await worker.ask({ step: 'stop' }) };
      },
    }),
    stop: async () => {
      await producer.stop();
      await worker.stop();
    },
  };
}
