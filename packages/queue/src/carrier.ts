import type { Bus } from './bus.js';
import type { QueueWorker, Queues } from './bullmq.js';
import type { Envelope } from './envelope.js';
import { SharedBus } from './shared-bus.js';

/** The queue of reports to be made. */
export const REPORT_QUEUE = 'reports';

/** BullMQ takes lower numbers first, 0 before all. */
const BULLMQ_PRIORITIES = { high: 0, normal: 1, low: 2 } as const;

/** BullMQ and the bus, on Redis or on Postgres: the same to whoever uses it. */
export class Carrier {
  readonly bus: Bus;
  readonly #queues: Pick<Queues<unknown>, 'add' | 'work' | 'close'>;
  readonly #disconnect: () => Promise<void>;

  constructor(bus: Bus, queues: Pick<Queues<unknown>, 'add' | 'work' | 'close'>, disconnect: () => Promise<void>) {
    this.bus = new SharedBus(bus);
    this.#queues = queues;
    this.#disconnect = disconnect;
  }

  /** Puts an envelope into a lane's queue. While the queue's server is away it waits or rejects. */
  sendEnvelope(lane: number, envelope: Envelope): Promise<void> {
    return this.#queues.add(laneQueue(lane), envelope, { priority: BULLMQ_PRIORITIES[envelope.priority] });
  }

  /**
   * Calls `process` for each envelope of the lane, one at a time, high priority first. Other processes may each hold
   * another envelope of the lane: BullMQ's global concurrency is not used, since then a killed worker's envelope would
   * block its lane until it counts as stalled. The lane's lock in Postgres lets one at a time through anyway, and ends
   * with the connection of whoever held it.
   */
  workLane(lane: number, process: (envelope: Envelope) => Promise<void>): QueueWorker {
    return this.#queues.work(laneQueue(lane), 1, process);
  }

  /**
   * Has something done once, some time, by any worker. The task itself is a row of Postgres; what is carried is its id.
   * While a task of this id is in the queue of this name, adding it again does nothing. While the queue's server is
   * away it waits or rejects.
   */
  addTask(queue: string, id: string): Promise<void> {
    return this.#queues.add(queue, { id }, { jobId: id });
  }

  /** Calls `process` with the id of each task, at most `concurrency` at a time. A task that throws is gone. */
  workTasks(queue: string, concurrency: number, process: (id: string) => Promise<void>): QueueWorker {
    return this.#queues.work<{ readonly id: string }>(queue, concurrency, ({ id }) => process(id));
  }

  async close(): Promise<void> {
    await this.#queues.close();
    await this.#disconnect();
  }
}

function laneQueue(lane: number): string {
  return `lane-${lane}`;
}
