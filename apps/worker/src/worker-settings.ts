import type { Settings } from '@saldo/config';

/** A worker needs to be told where Postgres is. */
export type WorkerSettings = Settings & { readonly databaseUrl: string };
