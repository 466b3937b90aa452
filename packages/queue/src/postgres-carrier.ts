import { createPostgresBackend, runMigrations, type PostgresConnectionOptions } from 'bullmq';
import pg from 'pg';
import { Queues } from './bullmq.js';
import { Carrier, type Bus, type News } from './carrier.js';

const CHANNEL = 'saldo_news';
const RECONNECT_MS = 500;
/** Each worker keeps a connection to itself, to listen on. */
const SHARED_CONNECTIONS = 4;

/** BullMQ on Postgres; the bus is LISTEN/NOTIFY. While Postgres is away, sending fails. `workers`: how many there may be. */
export function connectPostgresCarrier(url: string, workers: number, onError: (error: Error) => void): Carrier {
  const pool = openPool(url, workers + SHARED_CONNECTIONS);
  pool.on('error', onError);
  // While one is lent out, the pool doesn't listen: whoever has it is told by what they asked, and that is enough.
  pool.on('connect', (client) => client.on('error', () => undefined));
  // BullMQ describes the part of a pool that it uses in types of its own, which @types/pg doesn't quite match.
  const connection = pool as unknown as PostgresConnectionOptions;
  const bus = new PostgresBus(url, pool, onError);
  return new Carrier(bus, new Queues({ connection, factory: createPostgresBackend, onError }), async () => {
    await bus.close();
    await pool.end();
  });
}

/** Brings BullMQ's own tables up to date, in a schema of their own. Safe when several start at once. */
export async function migrateQueue(url: string): Promise<void> {
  const pool = openPool(url, 1);
  try {
    const client = await pool.connect();
    try {
      await runMigrations(client);
    } finally {
      client.release();
    }
  } finally {
    await pool.end();
  }
}

/** BullMQ is handed a pool whose connections see its schema, since it can't set that on a pool it didn't make. */
function openPool(url: string, max: number): pg.Pool {
  return new pg.Pool({
    connectionString: url,
    max,
    options: '-c search_path=bullmq',
    application_name: 'saldo-queue',
    keepAlive: true,
  });
}

/** LISTEN on a connection of its own, which is made again whenever it is lost. */
class PostgresBus implements Bus {
  readonly #url: string;
  readonly #pool: pg.Pool;
  readonly #onError: (error: Error) => void;
  /** One per subscription. */
  readonly #listeners = new Set<pg.Client>();
  #closed = false;

  constructor(url: string, pool: pg.Pool, onError: (error: Error) => void) {
    this.#url = url;
    this.#pool = pool;
    this.#onError = onError;
  }

  async publish(news: News): Promise<void> {
    await this.#pool.query('select pg_notify($1, $2)', [CHANNEL, JSON.stringify(news)]);
  }

  async subscribe(onNews: (news: News) => void, onGap: () => void): Promise<void> {
    if (this.#closed) return;
    const listener = new pg.Client({ connectionString: this.#url, application_name: 'saldo-bus', keepAlive: true });
    this.#listeners.add(listener);
    const again = (error?: Error): void => {
      if (!this.#listeners.delete(listener) || this.#closed) return;
      if (error) this.#onError(error);
      listener.end().catch(this.#onError);
      setTimeout(() => void this.subscribe(onNews, onGap), RECONNECT_MS).unref();
    };
    listener.on('error', again);
    listener.on('end', again);
    listener.on('notification', ({ payload }) => payload !== undefined && onNews(JSON.parse(payload) as News));
    try {
      await listener.connect();
      await listener.query(`listen ${CHANNEL}`);
      onGap();
    } catch (error) {
      again(error instanceof Error ? error : new Error(String(error)));
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#listeners].map((listener) => listener.end().catch(this.#onError)));
  }
}
