import type { QueryConfig, QueryResult, QueryResultRow } from 'pg';
import { borrowConnection, type Connection, type Database, type Queryable } from './database.js';

/**
 * A transaction whose statements may be sent without waiting for one another's answers (pipelining): they run in the
 * order in which they were sent, and beginning and committing cost no round trip of their own.
 */
export class Transaction implements Queryable {
  readonly #connection: Connection;
  #isCommitted = false;

  private constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * Runs `work` in a transaction on a connection of its own. `work` has to end with {@link commitAfter}; if it throws,
   * or ends without, everything is rolled back.
   */
  static run<Result>(database: Database, work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    return borrowConnection(database, async (connection) => {
      const transaction = new Transaction(connection);
      const begun = connection.query('begin');
      try {
        const [result] = await Promise.all([work(transaction), begun]);
        return result;
      } finally {
        // After a commit there is nothing to roll back, and on a lost connection nobody to tell.
        if (!transaction.#isCommitted) await connection.query('rollback').catch(() => undefined);
      }
    });
  }

  query<Row extends QueryResultRow>(config: QueryConfig): Promise<QueryResult<Row>> {
    return this.#connection.query<Row>(config);
  }

  /** Sends the commit right behind the last statement. Postgres rolls back instead, if that statement failed. */
  async commitAfter(last: Promise<unknown>): Promise<void> {
    const [written, committed] = await Promise.allSettled([last, this.#connection.query('commit')]);
    if (written.status === 'rejected') throw written.reason;
    if (committed.status === 'rejected') throw committed.reason;
    this.#isCommitted = true;
  }
}
