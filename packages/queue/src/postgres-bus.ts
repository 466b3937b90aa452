import pg from 'pg';
import type { Bus, News } from './bus.js';
import { connectionOf, takeRole, type PostgresOptions } from './postgres-connection.js';

const CHANNEL = 'saldo_news';
const RECONNECT_MS = 500;
/** A payload of NOTIFY has to be shorter than 8,000 bytes. */
const PAYLOAD_BYTES_MAX = 7_999;

/** LISTEN on connections of its own, each made again whenever it is lost. */
export class PostgresBus implements Bus {
  readonly #options: PostgresOptions;
  readonly #pool: pg.Pool;
  readonly #listeners = new Set<pg.Client>();
  #closed = false;

  constructor(options: PostgresOptions, pool: pg.Pool) {
    this.#options = options;
    this.#pool = pool;
  }

  async publish(news: News): Promise<void> {
    const text = JSON.stringify(news);
    // What doesn't fit goes without what is only told to spare its hearers a question.
    const fits = Buffer.byteLength(text) <= PAYLOAD_BYTES_MAX || news.kind !== 'applied';
    await this.#pool.query('select pg_notify($1, $2)', [CHANNEL, fits ? text : JSON.stringify({ ...news, ended: {} })]);
  }

  async subscribe(onNews: (news: News) => void, onGap: () => void): Promise<void> {
    if (this.#closed) return;
    const { url, onError } = this.#options;
    const listener = new pg.Client(connectionOf(url, 'saldo-bus'));
    this.#listeners.add(listener);
    const again = (error?: Error): void => {
      if (!this.#listeners.delete(listener) || this.#closed) return;
      if (error) onError(error);
      listener.end().catch(onError);
      setTimeout(() => void this.subscribe(onNews, onGap), RECONNECT_MS).unref();
    };
    listener.on('error', again);
    listener.on('end', again);
    listener.on('notification', ({ payload }) => payload !== undefined && onNews(JSON.parse(payload) as News));
    try {
      await listener.connect();
      await takeRole(listener, this.#options.role);
      await listener.query(`listen ${CHANNEL}`);
      onGap();
    } catch (error) {
      again(error instanceof Error ? error : new Error(String(error)));
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#listeners].map((listener) => listener.end().catch(this.#options.onError)));
  }
}
