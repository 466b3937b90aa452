import type { QueryConfig, QueryResult, QueryResultRow } from 'pg';
import { borrowConnection, type Connection, type Database, type Queryable } from '../database.js';
import { statementText } from '../statement.js';

/** So many rows are on their way at a time, while as many are worked on. */
const BATCH_ROWS = 1_000;

/**
 * A stopped process may hold a snapshot for so long: vacuum can't clean up behind one. A report may wait longer than a
 * batch of operations for its turn, or for a slow disk.
 */
const IDLE_MS_MAX = 60_000;

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
      const settled = await connection.query<{ until: string }>(statementText('reports/settled-until'));
      await connection.query('begin isolation level repeatable read read only');
      try {
        await connection.query(`set local idle_in_transaction_session_timeout = ${IDLE_MS_MAX}`);
        // All rows of a cursor will be fetched, so the plan that is quickest for all is wanted.
        await connection.query('set local cursor_tuple_fraction = 1');
        return await work(new Snapshot(connection, settled.rows[0]?.until ?? ''));
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
   * Reads the rows of a statement in batches, through a cursor of Postgres's: however many there are, few are in
   * memory. The next batch is on its way while one is worked on.
   */
  async *stream<Row extends QueryResultRow>({ text, values }: QueryConfig): AsyncGenerator<Row[], void> {
    await this.#connection.query({ text: `declare report_rows no scroll cursor for ${text}`, values: values ?? [] });
    const fetch = (): Promise<QueryResult<Row>> => {
      const fetching = this.#connection.query<Row>(`fetch ${BATCH_ROWS} from report_rows`);
      // Whoever stops reading leaves a batch that nobody waits for.
      fetching.catch(() => undefined);
      return fetching;
    };
    let next = fetch();
    for (;;) {
      const { rows } = await next;
      if (rows.length === 0) break;
      next = fetch();
      yield rows;
    }
    await this.#connection.query('close report_rows');
  }
}
