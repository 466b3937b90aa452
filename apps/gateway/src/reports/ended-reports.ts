import type { Bus } from '@saldo/queue';
import { readReports, type Database } from '@saldo/store';

/** How often the reports themselves are looked at while somebody waits, for news that got lost. */
const RECHECK_MS = 1_000;

type Waiter = (hasEnded: boolean) => void;

/** Wakes whoever waits for a report to end. No waiter holds a connection. */
export class EndedReports {
  readonly #database: Database;
  readonly #onError: (error: unknown) => void;
  readonly #waiters = new Map<string, Set<Waiter>>();
  #recheck: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(database: Database, onError: (error: unknown) => void) {
    this.#database = database;
    this.#onError = onError;
  }

  async start(bus: Bus): Promise<void> {
    await bus.subscribe(
      (news) => news.kind === 'reported' && this.#wake(news.reportId),
      () => void this.#lookAll(),
    );
  }

  /** Resolves to true once the report has ended, to false after `timeoutMs` or when this is closed. */
  async wait(id: string, timeoutMs: number): Promise<boolean> {
    if (timeoutMs <= 0 || this.#closed) return false;
    const woken = this.#waitForNews(id, timeoutMs);
    // It may have ended after the caller read it and before we began to listen.
    await this.#look([id]);
    return woken;
  }

  /** Lets every waiter go with what is known. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#recheck);
    for (const waiters of this.#waiters.values()) for (const done of waiters) done(false);
  }

  #waitForNews(id: string, timeoutMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const waiters = this.#waiters.get(id) ?? new Set<Waiter>();
      const done: Waiter = (hasEnded) => {
        clearTimeout(timer);
        waiters.delete(done);
        if (waiters.size === 0) this.#waiters.delete(id);
        resolve(hasEnded);
      };
      const timer = setTimeout(() => done(false), timeoutMs);
      this.#waiters.set(id, waiters.add(done));
      this.#scheduleRecheck();
    });
  }

  #wake(id: string): void {
    for (const done of this.#waiters.get(id) ?? []) done(true);
  }

  #scheduleRecheck(): void {
    if (this.#recheck !== undefined || this.#closed) return;
    this.#recheck = setTimeout(() => {
      this.#recheck = undefined;
      if (this.#waiters.size === 0) return;
      void this.#lookAll().finally(() => this.#scheduleRecheck());
    }, RECHECK_MS);
  }

  #lookAll(): Promise<void> {
    return this.#look([...this.#waiters.keys()]);
  }

  async #look(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    try {
      for (const report of await readReports(this.#database, ids))
        if (report.finishedAt !== null) this.#wake(report.id);
    } catch (error) {
      this.#onError(error);
    }
  }
}
