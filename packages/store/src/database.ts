import knex, { type Knex } from 'knex';
import pg, { type QueryConfig, type QueryResult, type QueryResultRow } from 'pg';

/** Where a statement can be sent: a pool or one connection of it. */
export interface Queryable {
  query<Row extends QueryResultRow>(config: QueryConfig): Promise<QueryResult<Row>>;
}

/** A pool of connections to the ledger's Postgres. */
export interface Database extends Queryable {
  readonly knex: Knex;
  close(): Promise<void>;
}

/** One connection, borrowed from the pool. */
export type Connection = pg.Client;

export interface ConnectOptions {
  /** How many connections the pool may open. */
  readonly poolMax: number;
  /** Shown in pg_stat_activity. */
  readonly name: string;
}

/** How a transaction left open by a stopped process is ended by Postgres, so that its lane can go on elsewhere. */
const IDLE_IN_TRANSACTION_MS_MAX = 3_000;

/** Opens a pool; connections are made as they are needed. Times come as RFC 3339 UTC text, bigint as BigInt. */
export function connectDatabase(url: string, options: ConnectOptions): Database {
  const instance = knex({
    ...knexConfig(url),
    pool: { min: 0, max: options.poolMax },
    acquireConnectionTimeout: 10_000,
    connection: {
      connectionString: url,
      application_name: options.name,
      keepAlive: true,
      // Statements of one transaction may be on their way together.
      pipeline: true,
      options: `-c timezone=UTC -c idle_in_transaction_session_timeout=${IDLE_IN_TRANSACTION_MS_MAX}`,
      types: { getTypeParser },
    } as Knex.PgConnectionConfig,
  });
  const database: Database = {
    knex: instance,
    query: (config) => borrowConnection(database, (connection) => connection.query(config)),
    close: () => instance.destroy(),
  };
  return database;
}

/** Lends a connection of the pool for as long as `use` takes. */
export async function borrowConnection<Result>(
  { knex: { client } }: Database,
  use: (connection: Connection) => Promise<Result>,
): Promise<Result> {
  const pool = client as {
    acquireConnection(): Promise<Connection>;
    releaseConnection(connection: Connection): Promise<void>;
  };
  const connection = await pool.acquireConnection();
  try {
    return await use(connection);
  } finally {
    await pool.releaseConnection(connection);
  }
}

/** What the knex command line and every pool of ours share. */
export function knexConfig(url: string): Knex.Config {
  return { client: 'pg', connection: url };
}

const TIMESTAMPTZ = 1184;
const INT8 = 20;

function getTypeParser(oid: number, format?: 'text' | 'binary'): (value: string) => unknown {
  if (oid === INT8) return BigInt;
  if (oid === TIMESTAMPTZ) return rfc3339;
  return pg.types.getTypeParser(oid, format) as (value: string) => unknown;
}

/** `2026-11-21 09:10:00.123456+00`, as Postgres prints it in UTC, to `2026-11-21T09:10:00.123456Z`. */
function rfc3339(text: string): string {
  return text.replace(' ', 'T').replace(/\+00$/, 'Z');
}
