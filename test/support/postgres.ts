import { startEmbeddedPostgres } from '@saldo/cli/embedded-postgres';
import { migrateQueue } from '@saldo/queue';
import { migrate, SERVICE_ROLE } from '@saldo/store';
import pg from 'pg';
import { atTheEnd } from './cleanup.js';
import { makeTemporaryFolder } from './temporary-folder.js';

/** A Postgres for tests. It is stopped at the end of the run at the latest. */
export interface TestPostgres {
  readonly pid: number;
  /** Resolves when the Postgres that runs now has ended, say because a test killed its {@link pid}. */
  readonly ended: Promise<void>;
  url(database: string): string;
  /** Makes an empty database and answers its URL. */
  createDatabase(): Promise<string>;
  /** Makes a database with the tables of the ledger and of the queue, and answers its URL. */
  createMigratedDatabase(lanes?: number): Promise<string>;
  /** Starts it again on the same port, and stops it first if it still runs. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface TestPostgresOptions {
  /** Whether a commit is on the disk before it is answered, as in production: slower, for the tests that pull the plug. */
  readonly isDurable?: boolean;
}

let shared: Promise<TestPostgres> | undefined;

/** The one Postgres that all suites of a run share, each with databases of its own. */
export function sharedPostgres(): Promise<TestPostgres> {
  shared ??= startPostgres();
  return shared;
}

/** A Postgres for one suite alone, to be stopped, killed and started again as it likes. */
export async function startPostgres({ isDurable = false }: TestPostgresOptions = {}): Promise<TestPostgres> {
  const folder = await makeTemporaryFolder('postgres');
  const settings = {
    max_connections: '300',
    // Several run at a time, beside the tests.
    shared_buffers: '256MB',
    ...(isDurable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  const server = await startEmbeddedPostgres({ folder, settings });
  atTheEnd(() => server.stop());
  const url = (database: string): string => Object.assign(new URL(server.url), { pathname: `/${database}` }).href;
  const createDatabase = databaseMaker(url);
  const templates = new Map<number, Promise<string>>();
  return {
    get pid() {
      return server.pid;
    },
    get ended() {
      return server.ended;
    },
    url,
    createDatabase,
    async createMigratedDatabase(lanes = 4) {
      const template = templates.get(lanes) ?? makeTemplate(createDatabase, lanes);
      templates.set(lanes, template);
      return createDatabase(await template);
    },
    restart: () => server.restart(),
    stop: () => server.stop(),
  };
}

/** Copying a migrated database takes a tenth of the time of migrating a new one. */
async function makeTemplate(createDatabase: () => Promise<string>, lanes: number): Promise<string> {
  const url = await createDatabase();
  await migrate(url, lanes);
  await migrateQueue(url, SERVICE_ROLE);
  return new URL(url).pathname.slice(1);
}

/** One at a time: a template can't be copied twice at once. */
function databaseMaker(url: (database: string) => string): (template?: string) => Promise<string> {
  let count = 0;
  let previous: Promise<unknown> = Promise.resolve();
  return (template = 'template0') => {
    const name = `test_${++count}`;
    const made = previous
      .then(() => runStatement(url('postgres'), `create database ${name} template ${template}`))
      .then(() => url(name));
    previous = made.catch(() => undefined);
    return made;
  };
}

async function runStatement(url: string, statement: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
