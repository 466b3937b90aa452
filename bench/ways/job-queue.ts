import {
  createPostgresBackend,
  createRedisBackend,
  Queue,
  Worker,
  type IQueueBackend,
  type PostgresConnectionOptions,
} from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';

/** A BullMQ job that carries one operation. */
export interface OperationJob {
  readonly lane: number;
  /** When it was submitted, as `nowMs` tells it. */
  readonly submittedAtMs: number;
}

/** Where BullMQ keeps its jobs: in Redis where there is a URL of one, else in Postgres. */
export interface QueuePlace {
  readonly databaseUrl: string;
  readonly redisUrl: string | undefined;
}

const NAME = 'operations';
/** A job that fails is tried again: else its operation would never be applied. */
const JOB_OPTIONS = { removeOnComplete: true, removeOnFail: true, attempts: 5 } as const;
/** Beside a connection for each job under way. */
const SPARE_CONNECTIONS = 4;

export interface JobQueue {
  addAll(jobs: readonly OperationJob[]): Promise<void>;
}

export function openJobQueue(place: QueuePlace): JobQueue {
  const { redisUrl } = place;
  const options = { defaultJobOptions: JOB_OPTIONS, skipWaitingForReady: true } as const;
  if (redisUrl !== undefined) {
    const redis = openRedis(redisUrl);
    const queue = new Queue<OperationJob, void, string, OperationJob, void, string, IQueueBackend, Redis>(
      NAME,
      { ...options, connection: redis },
      createRedisBackend,
    );
    return queueOf(queue);
  }
  const pool = openPool(place.databaseUrl, SPARE_CONNECTIONS);
  const queue = new Queue<
    OperationJob,
    void,
    string,
    OperationJob,
    void,
    string,
    IQueueBackend,
    PostgresConnectionOptions
  >(NAME, { ...options, connection: asConnection(pool) }, createPostgresBackend);
  return queueOf(queue);
}

interface AddsBulk {
  addBulk(jobs: { name: string; data: OperationJob }[]): Promise<unknown>;
}

function queueOf(queue: AddsBulk): JobQueue {
  return { addAll: async (jobs) => void (await queue.addBulk(jobs.map((data) => ({ name: 'operation', data })))) };
}

/** Works off the queue, so many jobs at a time. Answers how to stop. */
export function workJobs(
  place: QueuePlace,
  concurrency: number,
  process: (job: OperationJob) => Promise<void>,
): () => Promise<void> {
  const { redisUrl } = place;
  const failed = (error: Error): void => console.error('a job failed', error);
  if (redisUrl !== undefined) {
    const redis = openRedis(redisUrl);
    const worker = new Worker<OperationJob, void, string, IQueueBackend, never, Redis>(
      NAME,
      (job) => process(job.data),
      { connection: redis, concurrency },
      createRedisBackend,
    );
    worker.on('failed', (_job, error) => failed(error));
    return async () => {
      await worker.close();
      redis.disconnect();
    };
  }
  const pool = openPool(place.databaseUrl, concurrency + SPARE_CONNECTIONS);
  const worker = new Worker<OperationJob, void, string, IQueueBackend, never, PostgresConnectionOptions>(
    NAME,
    (job) => process(job.data),
    { connection: asConnection(pool), concurrency },
    createPostgresBackend,
  );
  worker.on('failed', (_job, error) => failed(error));
  return async () => {
    await worker.close();
    await pool.end();
  };
}

function openRedis(url: string): Redis {
  return new Redis(url, { maxRetriesPerRequest: null });
}

/** BullMQ's tables are in a schema of their own. */
function openPool(url: string, max: number): pg.Pool {
  return new pg.Pool({ connectionString: url, max, options: '-c search_path=bullmq' });
}

/** BullMQ describes the part of a pool that it uses in types of its own, which @types/pg doesn't quite match. */
function asConnection(pool: pg.Pool): PostgresConnectionOptions {
  return pool as unknown as PostgresConnectionOptions;
}
