import type { LaneEnvelope } from './envelope.js';

/** How jobs ended, by their ids, as far as news told it. */
export type Told = Readonly<Record<string, unknown>>;

/** A lane's cursor moved to this position, and how some of the jobs on the way there ended. */
export interface Applied extends LaneEnvelope {
  readonly ended?: Told;
}

/** News that travels between processes. Any of it may get lost: whoever needs it asks Postgres again now and then. */
export type News =
  | ({ readonly kind: 'applied' } & Applied)
  /** A report has ended. */
  | { readonly kind: 'reported'; readonly reportId: string }
  /** An API key is no longer valid. */
  | { readonly kind: 'revoked'; readonly apiKeyId: number };

/** Tells every process of Saldo some news. */
export interface Bus {
  publish(news: News): Promise<void>;
  /** Calls back for all news from now on. `onGap` is called when some may have been missed. */
  subscribe(onNews: (news: News) => void, onGap: () => void): Promise<void>;
}
