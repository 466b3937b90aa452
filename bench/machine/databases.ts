import pg from 'pg';
import { migrateQueue } from '@saldo/queue';
import { connectDatabase, ensureAdminKey, migrate, SERVICE_ROLE } from '@saldo/store';
import { fillLedger } from './fill.js';

export interface LedgerOptions {
  /** So many lanes the operations that are there before were dealt out to. */
  readonly lanes: number;
  readonly accounts: number;
  /** At least one per account: the deposit that gives it its money. */
  readonly operations: number;
  readonly adminKey: string;
}

/** The databases of the benchmark, all in one Postgres. */
export class Databases {
  readonly #url: string;
  readonly #notify: (text: string) => void;
  readonly #templates = new Map<string, string>();

  constructor(url: string, notify: (text: string) => void) {
    this.#url = url;
    this.#notify = notify;
  }

  urlOf(name: string): string {
    return Object.assign(new URL(this.#url), { pathname: `/${name}` }).href;
  }

  async createEmpty(name: string): Promise<string> {
    await this.#run(`create database ${name}`);
    return this.urlOf(name);
  }

  /**
   * A ledger with money on its accounts, which has so many lanes from now on. Those that are filled alike are copies of
   * one another.
   */
  async createLedger(name: string, options: LedgerOptions, lanes: number): Promise<string> {
    const key = JSON.stringify(options);
    const template = this.#templates.get(key) ?? (await this.#makeTemplate(options));
    this.#templates.set(key, template);
    await this.#run(`create database ${name} template ${template}`);
    const url = this.urlOf(name);
    if (lanes !== options.lanes) await migrate(url, lanes);
    return url;
  }

  /** Writes down what is pending, so that no run pays for the one before it. */
  async checkpoint(): Promise<void> {
    await this.#run('checkpoint');
  }

  async version(): Promise<string> {
    const [row] = await this.#run('show server_version');
    return row?.['server_version'] ?? 'unknown';
  }

  async #makeTemplate(options: LedgerOptions): Promise<string> {
    const name = `filled_${this.#templates.size}`;
    this.#notify(
      `filling a ledger: ${options.accounts} accounts, ${options.operations} operations, ${options.lanes} lanes`,
    );
    const url = await this.createEmpty(name);
    await migrate(url, options.lanes);
    await migrateQueue(url, SERVICE_ROLE);
    const database = connectDatabase(url, { poolMax: 1, name: 'bench' });
    try {
      await ensureAdminKey(database, options.adminKey);
    } finally {
      await database.close();
    }
    await fillLedger(url, { ...options, notify: this.#notify });
    return name;
  }

  async #run(statement: string): Promise<Record<string, string>[]> {
    const client = new pg.Client(this.urlOf('postgres'));
    await client.connect();
    try {
      return (await client.query<Record<string, string>>(statement)).rows;
    } finally {
      await client.end();
    }
  }
}
