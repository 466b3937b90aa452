import { spawn, type ChildProcess } from 'node:child_process';
import type { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@saldo/config';
import { backoff } from './backoff.js';
import { CommandError } from './failures.js';
import { isMessage } from './parent.js';

export interface SupervisorOptions {
  readonly part: 'gateway' | 'worker';
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Kept open by the child as long as it lives. */
  readonly hold: Writable | undefined;
  readonly logger: Logger;
}

/** One life of the child. */
interface Run {
  readonly child: ChildProcess;
  /** Its URL, if it has one. Rejects with its reason if it ends before it is up. */
  readonly ready: Promise<string | undefined>;
  /** How it ended, in words. */
  readonly ended: Promise<string>;
}

/** So long a child may take to stop in good order. */
const STOP_MS_MAX = 35_000;

/**
 * Keeps a `saldo gateway` or `saldo worker` running as a child process: one that ends is started again, after a pause
 * that grows while this goes on. Only one that never came up is not.
 */
export class Supervisor {
  /** Resolves, with its URL if it has one, when the child is up for the first time. Rejects if it ends before. */
  readonly ready: Promise<string | undefined>;
  readonly #options: SupervisorOptions;
  readonly #stopping = new AbortController();
  readonly #done: Promise<void>;
  #run: Run;
  /** A gateway that took a free port gets the same when it is started again. */
  #port: string | undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#run = this.#start();
    this.ready = this.#run.ready;
    this.#done = this.#keepRunning();
  }

  /** SIGTERM, and SIGKILL if that isn't enough. Resolves when the child is gone. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#run.child.kill('SIGTERM');
    const timer = setTimeout(() => this.kill(), STOP_MS_MAX);
    await this.#done;
    clearTimeout(timer);
  }

  kill(): void {
    this.#run.child.kill('SIGKILL');
  }

  async #keepRunning(): Promise<void> {
    const { part, logger } = this.#options;
    const nextPauseMs = backoff();
    const isUp = await this.ready.then(
      () => true,
      () => false,
    );
    while (isUp) {
      const how = await this.#run.ended;
      if (this.#stopping.signal.aborted) return;
      const pauseMs = nextPauseMs();
      logger.error(`${part} ended and is started again`, { how, pauseMs });
      await sleep(pauseMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
      if (this.#stopping.signal.aborted) return;
      this.#run = this.#start();
      this.#run.ready.then(
        () => logger.info(`${part} is up again`),
        () => undefined,
      );
    }
  }

  #start(): Run {
    const { part, hold } = this.#options;
    const env = this.#port === undefined ? this.#options.env : { ...this.#options.env, PORT: this.#port };
    const child = spawn(process.execPath, [...process.execArgv, process.argv[1] ?? '', part], {
      env,
      // In a session of its own, Ctrl-C in the terminal doesn't reach it: it is stopped by us, before Postgres.
      detached: true,
      // Standard output is for the screen of `saldo start` alone.
      stdio: ['ignore', process.stderr, process.stderr, 'ipc', hold ?? 'ignore'],
    });
    return this.#watch(child);
  }

  #watch(child: ChildProcess): Run {
    const { part } = this.#options;
    let reason: string | undefined;
    const ended = new Promise<string>((resolve) => {
      child.once('exit', (code, signal) => resolve(reason ?? `it ended with ${signal ?? `code ${code}`}`));
      child.once('error', (error) => resolve(`it can't be run: ${error.message}`));
    });
    const ready = new Promise<string | undefined>((resolve, reject) => {
      child.on('message', (message) => {
        if (!isMessage(message)) return;
        if (message.kind === 'failed') {
          reason = message.reason;
          return;
        }
        if (message.url !== undefined) this.#port = new URL(message.url).port;
        resolve(message.url);
      });
      void ended.then((how) =>
        reject(new CommandError(reason ?? `saldo ${part} didn't come up: ${how}; the log says why`)),
      );
    });
    return { child, ready, ended };
  }
}
