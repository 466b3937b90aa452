/** What carries Saldo's envelopes, and the peer's jobs. */
export type QueueKind = 'redis' | 'postgres';

/** What is asked of the ways, in the order in which it is shown. */
export const CASES = [
  'batches-uniform',
  'batches-zipf',
  'batches-hot',
  'batches-mixed',
  'singles',
  'singles-waiting',
  'idle-deposit',
  'half-rate',
] as const;
export type CaseName = (typeof CASES)[number];

/** A way to do it. `grown` is Saldo on tables that many operations went into before. */
export type WayName =
  | `saldo-${QueueKind}`
  | `grown-${QueueKind}`
  | 'textbook'
  | 'textbook-pipelined'
  | `job-${QueueKind}`
  | 'bare-express'
  | 'bare-express-server'
  | 'set-based';

export const CASE_TITLES: Readonly<Record<CaseName, string>> = {
  'batches-uniform': 'batches of 500, uniform accounts',
  'batches-zipf': 'batches of 500, zipf 1.0',
  'batches-hot': 'batches of 500, one hot account',
  'batches-mixed': 'batches of 500, a mixed day',
  singles: 'one per request, 64 connections',
  'singles-waiting': 'the same, each waiting for its outcome',
  'idle-deposit': 'a single deposit, idle',
  'half-rate': 'batches at half of the peak rate',
};

/** In the order in which they are shown. */
export const WAY_TITLES: Readonly<Record<WayName, string>> = {
  'saldo-redis': 'Saldo, Redis',
  'saldo-postgres': 'Saldo, Postgres only',
  'grown-redis': 'Saldo, Redis, long tables',
  'grown-postgres': 'Saldo, Postgres only, long tables',
  textbook: 'textbook',
  'textbook-pipelined': 'textbook, pipelined',
  'job-redis': 'one job per operation, Redis',
  'job-postgres': 'one job per operation, Postgres',
  'set-based': 'limit: set-based load',
  'bare-express': 'limit: bare Express route',
  'bare-express-server': "the same, on Saldo's HTTP server",
};
