import { Socket } from 'node:net';
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
  /**
   * For a service that runs for long: it takes on the role of services (see service-role.ts), and gives up a
   * connection whose server says nothing to a statement for {@link SILENCE_MS_MAX}.
   */
  readonly isService?: boolean;
  /**
   * For a service that reads much: it waits for a statement for ever, and sends one only once the one before is
   * answered, so that it may stream (COPY).
   */
  readonly isPatient?: boolean;
}

/** What Postgres does for every session of ours. */
const SESSION = {
  timezone: 'UTC',
  /** Ends the transaction of a process that was stopped, or cut off, within it, so that its lane can go on elsewhere. */
  idle_in_transaction_session_timeout: 3_000,
};

const SERVICE_SESSION = {
  ...SESSION,
  /** Ends one that takes in nothing more: the statement that answers it would keep its locks, for it is not idle. */
  tcp_user_timeout: 4_000,
};

/**
 * From here on the session may do what the role of services may. Where that role is not there, or not the login's to
 * take, it stays what it is.
 */
const TAKE_SERVICE_ROLE =
  "select set_config('role', rolname, false) from pg_roles where rolname = 'saldo_app' and pg_has_role(oid, 'member')";

const CONNECT_MS_MAX = 5_000;
const ACQUIRE_MS_MAX = 10_000;
/** Far more than any statement of a service takes, so that only a line on which answers get lost is given up. */
const SILENCE_MS_MAX = 10_000;
/** Silence on a connection that nobody uses means nothing: it is closed before. */
const UNUSED_MS_MAX = 8_000;
const KEEP_ALIVE_MS = 5_000;

/** Opens a pool; connections are made as they are needed. Times come as RFC 3339 UTC text, bigint as BigInt. */
export function connectDatabase(
  url: string,
  { poolMax, name, isService = false, isPatient = false }: ConnectOptions,
): Database {
  const instance = knex({
    ...knexConfig(url),
    pool: {
      min: 0,
      max: poolMax,
      idleTimeoutMillis: UNUSED_MS_MAX,
      ...(isService ? { afterCreate: isPatient ? takeServiceRole : prepareService } : {}),
    },
    acquireConnectionTimeout: ACQUIRE_MS_MAX,
    // What it has to say of lost connections, whoever uses one is told too.
    log: { warn: () => undefined },
    connection: {
      ...connectionOf(url, isService && !isPatient ? SERVICE_SESSION : SESSION),
      application_name: name,
      connectionTimeoutMillis: CONNECT_MS_MAX,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
      // Statements of one transaction may be on their way together.
      pipeline: !isPatient,
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

/** What a URL says about its session goes before ours: of two settings of one name the last counts. */
function connectionOf(
  text: string,
  settings: Readonly<Record<string, string | number>>,
): { readonly connectionString: string; readonly options: string } {
  const url = new URL(text);
  const session = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`);
  const options = [url.searchParams.get('options') ?? '', ...session].join(' ').trim();
  url.searchParams.delete('options');
  return { connectionString: url.href, options };
}

type Prepared = (error: Error | null, connection: Connection) => void;

/** Called by knex for each new connection of a service's pool. */
function prepareService(connection: Connection, done: Prepared): void {
  const { stream } = connection.connection;
  if (!(stream instanceof Socket)) throw new Error('Postgres is not reached through a socket');
  stream.setTimeout(SILENCE_MS_MAX, () =>
    stream.destroy(new Error(`connection terminated: no answer in ${SILENCE_MS_MAX} ms`)),
  );
  takeServiceRole(connection, done);
}

function takeServiceRole(connection: Connection, done: Prepared): void {
  connection.query(TAKE_SERVICE_ROLE).then(
    () => done(null, connection),
    (error: unknown) => {
      connection.connection.stream.destroy();
      done(error instanceof Error ? error : new Error(String(error)), connection);
    },
  );
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
export function rfc3339(text: string): string {
  return text.replace(' ', 'T').replace(/\+00$/, 'Z');
}
