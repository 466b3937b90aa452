import { Queue, Worker, type BackendFactory, type IQueueBackend, type QueueOptions, type WorkerOptions } from 'bullmq';
import type { Envelope } from './envelope.js';
import type { LaneWorker } from './carrier.js';

/** BullMQ takes lower numbers first, 0 before all. */
const BULLMQ_PRIORITIES = { high: 0, normal: 1, low: 2 } as const;

/**
 * An envelope is done with when it was handed over once: the lane's cursor decides what is applied, and a sweep wakes
 * a lane whose envelope got lost. So none is kept or tried again, and a stall never makes one fail for good.
 */
const JOB_OPTIONS = { removeOnComplete: true, removeOnFail: true } as const;
const WORKER_OPTIONS = {
  concurrency: 1,
  lockDuration: 5_000,
  stalledInterval: 5_000,
  maxStalledCount: Number.MAX_SAFE_INTEGER,
  runRetryDelay: 500,
  drainDelay: 5,
} as const;

/** Where the lanes' queues live: BullMQ's factory for Redis or for Postgres, and a connection of that kind. */
export interface Backend<Connection> {
  readonly connection: Connection;
  readonly factory: BackendFactory<IQueueBackend, Connection>;
}

export type LaneQueue<Connection> = Queue<Envelope, void, 'envelope', Envelope, void, 'envelope', IQueueBackend, Connection>;

/** In Redis, the braces keep all keys of a lane on one node of a cluster. */
function prefixOf(lane: number): string {
  return `{saldo:${lane}}`;
}

function nameOf(lane: number): string {
  return `lane-${lane}`;
}

export function openLaneQueue<Connection>(lane: number, backend: Backend<Connection>, onError: (error: Error) => void): LaneQueue<Connection> {
  const options: QueueOptions<Connection> = {
    connection: backend.connection, prefix: prefixOf(lane), defaultJobOptions: JOB_OPTIONS, skipWaitingForReady: true,
  };
  const queue: LaneQueue<Connection> = new Queue(nameOf(lane), options, backend.factory);
  queue.on('error', onError);
  return queue;
}

export async function addEnvelope<Connection>(queue: LaneQueue<Connection>, envelope: Envelope): Promise<void> {
  await queue.add('envelope', envelope, { priority: BULLMQ_PRIORITIES[envelope.priority] });
}

/**
 * Several workers may each hold an envelope of the same lane, unless BullMQ's global concurrency were set: but then
 * a killed worker's envelope would block its lane until it counts as stalled. The lane's lock in Postgres lets one at
 * a time through anyway, and ends with the connection of whoever held it.
 */
export function openLaneWorker<Connection>(
  lane: number, backend: Backend<Connection>, process: (envelope: Envelope) => Promise<void>, onError: (error: Error) => void,
): LaneWorker {
  const options: WorkerOptions<Connection> = { ...WORKER_OPTIONS, connection: backend.connection, prefix: prefixOf(lane) };
  const worker = new Worker<Envelope, void, 'envelope', IQueueBackend, never, Connection>(
    nameOf(lane), (job) => process(job.data), options, backend.factory);
  worker.on('error', onError);
  return { close: () => worker.close() };
}
