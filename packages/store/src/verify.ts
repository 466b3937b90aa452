import type { Knex } from 'knex';
import type { Database } from './database.js';
import { readSql } from './statement.js';

/** What a check found otherwise than it has to be. */
interface Difference {
  readonly what: string;
  readonly found: string;
  readonly expected: string;
}

export interface Verification {
  /** Each in one line; empty when the books are right. */
  readonly differences: readonly string[];
  readonly summary: Readonly<Record<string, number>>;
}

/** In the order they run; each is a file of sql/verify that selects nothing when all is well. */
const CHECKS = {
  total: 'the sum of all accounts',
  balances: 'every balance against its operations',
  running: 'every balance after an operation, and the sequences',
  holds: 'holds against reserved balances',
  captures: 'captures and refunds against holds',
  revenue: "the months' revenue against captures and refunds",
  chain: 'the chain of closed months',
  closings: 'closed months against their operations',
  lanes: 'positions, cursors and outcomes',
  strays: 'that nothing was applied which was not accepted',
} as const;

/** So many differences of one check are named; of more, only their number. */
const NAMED_MAX = 100;

/**
 * Recomputes the books from the first operation, on one snapshot: nothing that happens meanwhile confuses it.
 * `onProgress` hears of each check in words before it runs.
 */
export async function verify(
  database: Database,
  onProgress: (text: string) => void = () => undefined,
): Promise<Verification> {
  return database.knex.transaction(
    async (trx) => {
      // The checks may compute for long, but they never wait for a client.
      await trx.raw('set local idle_in_transaction_session_timeout = 0');
      const differences: string[] = [];
      for (const [name, about] of Object.entries(CHECKS)) {
        onProgress(`checking ${about}`);
        differences.push(...(await findDifferences(trx, name, about)));
      }
      onProgress('counting');
      return { differences, summary: await summarize(trx) };
    },
    { isolationLevel: 'repeatable read', readOnly: true },
  );
}

async function findDifferences(trx: Knex.Transaction, name: string, about: string): Promise<string[]> {
  const { rows } = await trx.raw<{ rows: (Difference & { total: bigint })[] }>(
    `select *, count(*) over () as total from (${readSql(`verify/${name}`)}) differences limit ${NAMED_MAX}`,
  );
  const lines = rows.map((row) => `${about}: ${row.what} has ${row.found}, not ${row.expected}`);
  const total = Number(rows[0]?.total ?? 0);
  if (total > rows.length) lines.push(`${about}: ${total - rows.length} more`);
  return lines;
}

async function summarize(trx: Knex.Transaction): Promise<Record<string, number>> {
  const { rows } = await trx.raw<{ rows: Record<string, bigint>[] }>(readSql('verify/summary'));
  return Object.fromEntries(Object.entries(rows[0] ?? {}).map(([name, count]) => [name, Number(count)]));
}
