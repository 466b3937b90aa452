import type { Priority } from '@saldo/ledger';

/**
 * What one job of a lane's queue says: positions of this priority up to `last` are accepted. The operations themselves
 * stay in Postgres, where the worker reads them behind the lane's cursor, so nothing that happens to the queue can
 * lose, repeat or change one.
 */
export interface Envelope {
  readonly priority: Priority;
  readonly last: number;
}

/** The lane an envelope belongs to. */
export interface LaneEnvelope extends Envelope {
  readonly lane: number;
}
