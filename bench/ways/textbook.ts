import { readFileSync } from 'node:fs';
import pg from 'pg';
import { Child } from '../machine/child.js';
import { GIVEN_UNITS } from '../machine/fill.js';
import type { Spread } from '../load/shapes.js';
import type { TextbookRequest } from './textbook-process.js';
import type { RunResult, Way } from './way.js';

export interface Textbook {
  on(spread: Spread, isPipelined: boolean): Way;
  stop(): Promise<void>;
}

const CONNECTIONS = 8;

/** What every textbook shows: one transaction per transfer. No HTTP before it, no receipt, no idempotency. */
export async function startTextbook(databaseUrl: string, accounts: number): Promise<Textbook> {
  await createTables(databaseUrl, accounts);
  const child = new Child<TextbookRequest, RunResult>('./textbook-process.js', import.meta.url);
  return {
    on: (spread, isPipelined) => ({
      groups: [{ name: 'client', pid: child.pid, withChildren: false }],
      prepare: () => Promise.resolve(),
      run: ({ seed, seconds }) =>
        child.ask({ databaseUrl, spread, accounts, seed, seconds, connections: CONNECTIONS, isPipelined }),
    }),
    stop: () => child.stop(),
  };
}

async function createTables(databaseUrl: string, accounts: number): Promise<void> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    await client.query(readFileSync(new URL('../../sql/textbook.sql', import.meta.url), 'utf8'));
    const fill = 'insert into accounts (id, balance) select n, $2::bigint from generate_series(1, $1::bigint) n';
    await client.query(fill, [accounts, GIVEN_UNITS]);
    await client.query('vacuum (analyze)');
  } finally {
    await client.end();
  }
}
