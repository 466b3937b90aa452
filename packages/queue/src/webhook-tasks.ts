import type { QueueWorker } from './bullmq.js';
import type { Carrier } from './carrier.js';

const QUEUE = 'webhooks';
/** BullMQ takes no number for an id. */
const PREFIX = 'endpoint-';

/** Has some worker see what a webhook endpoint is to be told. May get lost: a sweep finds it then. */
export function wakeEndpoint(carrier: Carrier, endpointId: number): Promise<void> {
  return carrier.addTask(QUEUE, PREFIX + endpointId);
}

/** Calls `process` with the id of each endpoint that was woken. */
export function workEndpoints(
  carrier: Carrier,
  concurrency: number,
  process: (endpointId: number) => Promise<void>,
): QueueWorker {
  return carrier.workTasks(QUEUE, concurrency, (id) => process(Number(id.slice(PREFIX.length))));
}
