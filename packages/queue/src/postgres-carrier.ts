import { createPostgresBackend, runMigrations, type PostgresConnectionOptions } from 'bullmq';
import pg from 'pg';
import { Queues } from './bullmq.js';
import { Carrier } from './carrier.js';
import { PostgresBus } from './postgres-bus.js';
import { connectionOf, takeRole, type PostgresOptions } from './postgres-connection.js';

/** Each worker keeps a connection to itself, to listen on. */
const SHARED_CONNECTIONS = 4;
/** BullMQ is handed a pool whose connections see its schema, since it can't set that on a pool it didn't make. */
const SESSION = '-c search_path=bullmq';
/** Any number that no other program on the database uses for an advisory lock. */
const GRANT_LOCK = 7_253_657;

/** BullMQ on Postgres; the bus is LISTEN/NOTIFY. While Postgres is away, sending fails. `workers`: how many there may be. */
export function connectPostgresCarrier(options: PostgresOptions, workers: number): Carrier {
  const { url, onError } = options;
  const pool = new pg.Pool({
    ...connectionOf(url, 'saldo-queue', SESSION),
    max: workers + SHARED_CONNECTIONS,
    // The pool waits for it, although its types don't say so.
    onConnect: (client): unknown => takeRole(client, options.role),
  });
  pool.on('error', onError);
  // While one is lent out, the pool doesn't listen: whoever has it is told by what they asked, and that is enough.
  pool.on('connect', (client) => client.on('error', () => undefined));
  // BullMQ describes the part of a pool that it uses in types of its own, which @types/pg doesn't quite match.
  const connection = pool as unknown as PostgresConnectionOptions;
  const bus = new PostgresBus(options, pool);
  return new Carrier(bus, new Queues({ connection, factory: createPostgresBackend, onError }), async () => {
    await bus.close();
    await pool.end();
  });
}

/**
 * Brings BullMQ's own tables up to date, in a schema of their own, and lets `role` use them, if there is such a role.
 * Safe when several start at once. Whoever may make no schema leaves it as it is.
 */
export async function migrateQueue(url: string, role?: string): Promise<void> {
  const client = new pg.Client({ ...connectionOf(url, 'saldo-migrate', SESSION), query_timeout: 0 });
  await client.connect();
  try {
    if (!(await mayMigrate(client))) return;
    await runMigrations(client);
    if (role !== undefined) await grantQueue(client, role);
  } finally {
    await client.end();
  }
}

/** BullMQ begins by making its schema where there is none, for which it has to be allowed to make one at all. */
async function mayMigrate(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ may: boolean }>(
    "select to_regnamespace('bullmq') is null or has_database_privilege(current_database(), 'create') as may",
  );
  return rows[0]?.may === true;
}

async function grantQueue(client: pg.Client, role: string): Promise<void> {
  const { rows } = await client.query('select 1 where to_regrole($1) is not null', [role]);
  if (rows.length === 0) return;
  const to = client.escapeIdentifier(role);
  await client.query('begin');
  // Two who grant the same thing at the same moment would be in each other's way.
  await client.query('select pg_advisory_xact_lock($1)', [GRANT_LOCK]);
  // BullMQ makes a sequence for each queue when it first adds to it.
  await client.query(`grant usage, create on schema bullmq to ${to}`);
  for (const things of ['tables', 'sequences', 'functions']) {
    await client.query(`grant all on all ${things} in schema bullmq to ${to}`);
  }
  await client.query('commit');
}
