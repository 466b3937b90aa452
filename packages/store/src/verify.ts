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
  reserves: 'holds against what was reserved and released',
  captures: 'captures and refunds against holds',
  revenue: "the months' revenue against captures and refunds",
  chain: 'the chain of closed months',
  closings: 'closed months against their operations',
  lanes: 'positions, cursors and outcomes',
  outcomes: 'that every job has its outcome',
  repeated: 'that nothing was applied twice',
  strays: 'that nothing was applied which was not accepted',
  requests: 'that what was applied is what was asked for',
} as const;

/** So many differences of one check are named; of more, only their number. */
const NAMED_MAX = 100;
/** So many operations are looked at together where they have to be sorted. */
const PART_OPERATIONS = 2_000_000;
/** For each sort and hash of a check; what doesn't fit goes to Postgres's temporary files. */
const WORK_MEM = '64MB';

/**
 * Recomputes the books from the first operation, on one snapshot: nothing that happens meanwhile confuses it, and it
 * keeps nobody waiting. It needs no more memory for more operations. `onProgress` hears of each step in words before it
 * is taken; where operations have to be sorted, about `partOperations` of them are at a time.
 */
export async function verify(
  database: Database,
  onProgress: (text: string) => void = () => undefined,
  partOperations = PART_OPERATIONS,
): Promise<Verification> {
  return database.knex.transaction(
    async (trx) => {
      // The checks may compute for long, but they never wait for a client.
      await trx.raw('set local idle_in_transaction_session_timeout = 0');
      await trx.raw(`set local work_mem = '${WORK_MEM}'`);
      onProgress('counting');
      const summary = await summarize(trx);
      const parts = Math.max(1, Math.ceil(((summary['completed'] ?? 0) + (summary['rejected'] ?? 0)) / partOperations));
      const differences: string[] = [];
      for (const [name, about] of Object.entries(CHECKS)) {
        differences.push(...(await runCheck(trx, name, about, parts, onProgress)));
      }
      return { differences, summary };
    },
    { isolationLevel: 'repeatable read', readOnly: true },
  );
}

/** A check that can be made for one part of the accounts after the other is made so. */
async function runCheck(
  trx: Knex.Transaction,
  name: string,
  about: string,
  parts: number,
  onProgress: (text: string) => void,
): Promise<string[]> {
  const sql = readSql(`verify/${name}`);
  if (!sql.includes(':part')) {
    onProgress(`checking ${about}`);
    return findDifferences(trx, sql, about);
  }
  const differences: string[] = [];
  for (let part = 0; part < parts; part += 1) {
    onProgress(`checking ${about}${parts === 1 ? '' : `, part ${part + 1} of ${parts}`}`);
    const ofPart = sql.replaceAll(':parts', String(parts)).replaceAll(':part', String(part));
    differences.push(...(await findDifferences(trx, ofPart, about)));
  }
  return differences;
}

async function findDifferences(trx: Knex.Transaction, sql: string, about: string): Promise<string[]> {
  const { rows } = await trx.raw<{ rows: (Difference & { total: bigint })[] }>(
    `select *, count(*) over () as total from (${sql}) differences limit ${NAMED_MAX}`,
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
