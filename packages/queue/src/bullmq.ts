import { setTimeout as sleep } from 'node:timers/promises';
import { Queue, Worker, type BackendFactory, type IQueueBackend, type JobsOptions } from 'bullmq';

/**
 * A job is done with when it was handed over once: what it is about is kept in Postgres, and a sweep makes another one
 * where one got lost. So none is kept or tried again, and a stall never makes one fail for good.
 */
const JOB_OPTIONS = { removeOnComplete: true, removeOnFail: true } as const;
const WORKER_OPTIONS = {
  lockDuration: 5_000,
  stalledInterval: 5_000,
  maxStalledCount: 1_000_000_000,
  runRetryDelay: 500,
  drainDelay: 5,
} as const;

const CLOSE_MS_MAX = 3_000;
const ERRORS_IN_A_TURN_MAX = 5;
const RESTART_MS = 1_000;

/** Where the queues live: BullMQ's factory for Redis or for Postgres, and a connection of that kind. */
export interface Backend<Connection> {
  readonly connection: Connection;
  readonly factory: BackendFactory<IQueueBackend, Connection>;
  readonly onError: (error: Error) => void;
}

/** Takes jobs off one queue. */
export interface QueueWorker {
  /** Takes no further job; resolves when those in hand are finished. */
  close(): Promise<void>;
}

type JobWorker<Data, Connection> = Worker<Data, void, 'job', IQueueBackend, never, Connection>;
type JobQueue<Connection> = Queue<unknown, void, 'job', unknown, void, 'job', IQueueBackend, Connection>;

/** The queues of one process, each opened when it is first needed. */
export class Queues<Connection> {
  readonly #backend: Backend<Connection>;
  readonly #queues = new Map<string, JobQueue<Connection>>();

  constructor(backend: Backend<Connection>) {
    this.#backend = backend;
  }

  async add(name: string, data: unknown, options: JobsOptions): Promise<void> {
    await this.#open(name).add('job', data, options);
  }

  /** Calls `process` for each job of the queue, at most `concurrency` at a time. */
  work<Data>(name: string, concurrency: number, process: (data: Data) => Promise<void>): QueueWorker {
    const { onError } = this.#backend;
    const inHand = new Set<Promise<void>>();
    const start = (): JobWorker<Data, Connection> =>
      this.#startWorker<Data>(name, concurrency, async (data) => {
        const processing = process(data);
        inHand.add(processing);
        await processing.finally(() => inHand.delete(processing));
      });
    let worker = start();
    let restarting: NodeJS.Timeout | undefined;
    let errors = 0;
    /** BullMQ asks again at once after an error that is not of the connection, and lets nothing else have a turn. */
    const noteError = (error: Error): void => {
      onError(error);
      if (errors === 0) setImmediate(() => (errors = 0));
      errors += 1;
      if (errors < ERRORS_IN_A_TURN_MAX || restarting !== undefined) return;
      worker.close(true).catch(onError);
      restarting = setTimeout(() => {
        restarting = undefined;
        worker = start().on('error', noteError);
      }, RESTART_MS);
    };
    worker.on('error', noteError);
    return {
      close: async () => {
        clearTimeout(restarting);
        const closing = worker.close().catch(onError);
        await Promise.allSettled(inHand);
        // With its server away, BullMQ would wait for that to come back; what it has to say can get lost.
        await Promise.race([closing, sleep(CLOSE_MS_MAX, undefined, { ref: false })]);
      },
    };
  }

  #startWorker<Data>(
    name: string,
    concurrency: number,
    process: (data: Data) => Promise<void>,
  ): JobWorker<Data, Connection> {
    const { connection, factory } = this.#backend;
    const options = { ...WORKER_OPTIONS, concurrency, connection, prefix: prefixOf(name) };
    return new Worker(name, ({ data }) => process(data), options, factory);
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.#queues.values()].map((queue) => queue.close()));
  }

  #open(name: string): JobQueue<Connection> {
    const known = this.#queues.get(name);
    if (known !== undefined) return known;
    const { connection, factory, onError } = this.#backend;
    const queue: JobQueue<Connection> = new Queue(
      name,
      { connection, prefix: prefixOf(name), defaultJobOptions: JOB_OPTIONS, skipWaitingForReady: true },
      factory,
    );
    queue.on('error', onError);
    this.#queues.set(name, queue);
    return queue;
  }
}

/** In Redis, the braces keep all keys of a queue on one node of a cluster. */
function prefixOf(name: string): string {
  return `{saldo:${name}}`;
}
