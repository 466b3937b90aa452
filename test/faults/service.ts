import { setTimeout as sleep } from 'node:timers/promises';
import { startSaldo, startWorker, type Environment, type Saldo } from '../support/saldo.js';
import type { TcpProxy } from './tcp-proxy.js';

const START_EVERY_MS = 200;
const START_MS_MAX = 60_000;
const ERRORS_MAX = 5;

/** One gateway or worker, started again as often as it takes, as whoever supervises it would. */
export class Service {
  readonly kind: 'gateway' | 'worker';
  readonly name: string;
  /** Its lines to Postgres and, where there is one, to Redis. */
  readonly lines: readonly TcpProxy[];
  readonly #env: Environment;
  #running: Saldo | undefined;

  constructor(kind: 'gateway' | 'worker', name: string, env: Environment, lines: readonly TcpProxy[]) {
    this.kind = kind;
    this.name = name;
    this.lines = lines;
    this.#env = env;
  }

  /** Of a gateway: it stays the same through restarts. */
  get url(): string {
    return `http://127.0.0.1:${this.#env['PORT']}`;
  }

  /** Resolves when it is at work. While the servers that it needs are away it ends, and is started again. */
  async start(): Promise<void> {
    for (const end = Date.now() + START_MS_MAX; ; await sleep(START_EVERY_MS)) {
      try {
        this.#running = await (this.kind === 'gateway' ? startSaldo(['gateway'], this.#env) : startWorker(this.#env));
        return;
      } catch (error) {
        if (Date.now() > end) throw error;
      }
    }
  }

  /** Sends a signal. SIGKILL is waited for. */
  async signal(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): Promise<void> {
    const running = this.#running;
    if (running === undefined) throw new Error(`${this.name} doesn't run`);
    if (signal === 'SIGKILL') await running.stop(signal);
    else process.kill(running.pid, signal);
  }

  /** The last errors that it logged, for whoever looks for the reason of a loss. */
  errors(): string[] {
    const lines = this.#running?.stderr().split('\n') ?? [];
    return lines.filter((line) => line.includes('"level":"error"')).slice(-ERRORS_MAX);
  }

  /** Why it ended without being told to, if it did: whatever breaks around it, it has to go on. */
  async defect(): Promise<string | undefined> {
    const ended = await Promise.race([this.#running?.ended, sleep(0, undefined)]);
    return ended && `${this.name} ended by itself: ${ended.stderr.trim().split('\n').at(-1)}`;
  }
}
