import type { Envelope, LaneEnvelope } from './envelope.js';

/** News that travels between processes. Any of it may get lost: whoever needs it asks Postgres again now and then. */
export type News =
  /** A lane's cursor moved to this position. */
  | ({ readonly kind: 'applied' } & LaneEnvelope & { readonly last: number })
  /** An API key is no longer valid. */
  | { readonly kind: 'revoked'; readonly apiKeyId: number };

/** Tells every process of Saldo some news. */
export interface Bus {
  publish(news: News): Promise<void>;
  /** Calls back for all news from now on. `onGap` is called when some may have been missed. */
  subscribe(onNews: (news: News) => void, onGap: () => void): Promise<void>;
}

/** Works off the envelopes of one lane, one at a time. */
export interface LaneWorker {
  /** Takes no further envelope; resolves when the one in hand is finished. */
  close(): Promise<void>;
}

/** BullMQ and the bus, on Redis or on Postgres: the same to whoever uses it. */
export interface Carrier {
  readonly bus: Bus;
  /** Puts an envelope into a lane's queue. Rejects while the queue's server is away. */
  send(lane: number, envelope: Envelope): Promise<void>;
  /** Calls `process` for each envelope of the lane, high priority first. */
  work(lane: number, process: (envelope: Envelope) => Promise<void>): LaneWorker;
  close(): Promise<void>;
}
