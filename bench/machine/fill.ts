import { readFileSync } from 'node:fs';
import pg from 'pg';

export interface FillOptions {
  readonly accounts: number;
  readonly lanes: number;
  /** In all, at least one per account; rounded down so that every account has had equally many. */
  readonly operations: number;
  readonly notify?: (text: string) => void;
}

/** What every user is given, and what each operation then moves, in units of 1/10,000. */
export const GIVEN_UNITS = 10_000_000_000;
const TRANSFER_UNITS = 12_500;
/** So many operations are made by one statement. */
const CHUNK = 500_000;
/** From so many on, it is quicker to build the indexes afterwards. */
const INDEXES_LATER_FROM = 1_000_000;

/**
 * Fills a migrated, empty ledger as if so many operations had gone through it: accounts, jobs, operations, lanes and
 * cursors agree, which `verify` can confirm. Straight in SQL, since this is not what is measured.
 */
export async function fillLedger(databaseUrl: string, options: FillOptions): Promise<void> {
  const { accounts, lanes, notify = () => undefined } = options;
  const rounds = Math.floor(options.operations / accounts) - 1;
  const operations = (rounds + 1) * accounts;
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    await client.query(`set maintenance_work_mem = '512MB'`);
    const rebuild = operations >= INDEXES_LATER_FROM ? await dropIndexes(client) : [];
    await client.query(readSql('fill-accounts'), [accounts, GIVEN_UNITS, rounds]);
    await client.query(readSql('fill-other-accounts'), [accounts, lanes, GIVEN_UNITS]);
    const beganMs = Date.now() - operations - 60_000;
    for (let first = 1; first <= operations; first += CHUNK) {
      const last = Math.min(first + CHUNK - 1, operations);
      const values = [accounts, lanes, GIVEN_UNITS, TRANSFER_UNITS, first, last, beganMs];
      await client.query(readSql('fill-jobs'), values);
      await client.query(readSql('fill-operations'), values);
      if (operations > CHUNK) notify(`filled in ${last} of ${operations} operations`);
    }
    await client.query(readSql('fill-lanes'), [operations, lanes]);
    for (const definition of rebuild) {
      notify(definition);
      await client.query(definition);
    }
    await client.query('vacuum (analyze)');
    await client.query('checkpoint');
  } finally {
    await client.end();
  }
}

/** Drops the indexes that no constraint needs, whichever the schema has, and answers how to make them again. */
async function dropIndexes(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string; definition: string }>(
    `select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition from pg_index
      where indrelid in ('jobs'::regclass, 'operations'::regclass)
        and not exists (select from pg_constraint where conindid = indexrelid)`,
  );
  for (const { name } of rows) await client.query(`drop index ${name}`);
  return rows.map((row) => row.definition);
}

/** `:name` in a file stands for another file of that name. */
function readSql(name: string): string {
  const sql = readFileSync(new URL(`../../sql/${name}.sql`, import.meta.url), 'utf8');
  return sql.replace(/\(:([a-z-]+)\)/g, (_, inner: string) => `(${readSql(inner)})`);
}
