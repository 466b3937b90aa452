import { escapeLiteral, type QueryConfig, type QueryResult, type QueryResultRow } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { borrowConnection, type Connection, type Database, type Queryable } from '../database.js';
import { statement } from '../statement.js';

/**
 * A stopped process may hold a snapshot for so long: vacuum can't clean up behind one. A report may wait longer than a
 * batch of operations for its turn, or for a slow disk.
 */
const IDLE_MS_MAX = 60_000;

const readSettled = statement<object, { readonly until: string }>('reports/settled-until');

/** A row as the texts of its columns, in the order in which they are selected. */
export type TextRow = readonly (string | null)[];

/** Everything that is read in one sees the ledger as it was at one moment. It locks nothing and keeps nobody waiting. */
export class Snapshot implements Queryable {
  readonly #connection: Connection;
  /** Everything that was applied before this moment is in the snapshot; nothing will be added to it. RFC 3339. */
  readonly settledUntil: string;

  private constructor(connection: Connection, settledUntil: string) {
    this.#connection = connection;
    this.settledUntil = settledUntil;
  }

  /** Runs `work` on a snapshot of its own, with a connection of its own. */
  static run<Result>(database: Database, work: (snapshot: Snapshot) => Promise<Result>): Promise<Result> {
    return borrowConnection(database, async (connection) => {
      const [settled] = await readSettled(connection, {});
      await connection.query('begin isolation level repeatable read read only');
      try {
        await connection.query(`set local idle_in_transaction_session_timeout = ${IDLE_MS_MAX}`);
        await connection.query(`set local tcp_user_timeout = ${IDLE_MS_MAX}`);
        // A report takes one processor of Postgres's at most.
        await connection.query('set local max_parallel_workers_per_gather = 0');
        return await work(new Snapshot(connection, settled?.until ?? ''));
      } finally {
        // Nothing was written; on a lost connection there is nobody to tell.
        await connection.query('rollback').catch(() => undefined);
      }
    });
  }

  query<Row extends QueryResultRow>(config: QueryConfig): Promise<QueryResult<Row>> {
    return this.#connection.query<Row>(config);
  }

  /**
   * Reads the rows of a statement in batches; `Row` says what it selects. However many there are, few are in
   * memory, for Postgres waits for whoever reads. COPY, because it costs Postgres and us a third of what rows do.
   */
  async *stream<Row extends TextRow>({ text, values = [] }: QueryConfig): AsyncGenerator<Row[], void> {
    const rows = this.#connection.query(copyTo(`copy (${withLiterals(text, values)}) to stdout`));
    let rest = '';
    try {
      for await (const chunk of rows.setEncoding('utf8')) {
        const lines = (rest + String(chunk)).split('\n');
        rest = lines.pop() ?? '';
        if (lines.length > 0)
          yield lines.map((line) => line.split('\t').map(columnOf) as readonly (string | null)[] as Row);
      }
    } finally {
      // Whoever stops reading leaves rows on their way: nothing else can be asked on this connection.
      if (!rows.readableEnded) this.#connection.connection.stream.destroy();
    }
  }
}

/** COPY takes no parameters: they are written into the statement. */
function withLiterals(text: string, values: readonly unknown[]): string {
  return text.replace(/\$(\d+)/g, (_, number: string) => {
    const value = values[Number(number) - 1];
    return escapeLiteral(Array.isArray(value) ? `{${value.join(',')}}` : String(value));
  });
}

const ESCAPED = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' } as const;

/** Undoes what COPY does to a column (its text format). */
function columnOf(text: string): string | null {
  if (!text.includes('\\')) return text;
  if (text === '\\N') return null;
  return text.replace(/\\(.)/g, (_, escaped: string) => ESCAPED[escaped as keyof typeof ESCAPED] ?? escaped);
}
