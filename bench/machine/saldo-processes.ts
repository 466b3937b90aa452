import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readSettings } from '@saldo/config';

const BIN = fileURLToPath(new URL('../../../apps/cli/bin/saldo.js', import.meta.url));

/** A `saldo gateway` or `saldo worker` that is up. */
export interface SaldoProcess {
  readonly pid: number;
  /** Of a gateway. */
  readonly url: string | undefined;
  stop(): Promise<void>;
}

export interface SaldoOptions {
  readonly databaseUrl: string;
  /** Undefined: the queue runs on Postgres. */
  readonly redisUrl: string | undefined;
  /** Where their logs go. */
  readonly folder: string;
  readonly name: string;
}

/** Saldo's own number of lanes, unless SALDO_LANES says otherwise. */
export const LANES = readSettings({ SALDO_LANES: process.env['SALDO_LANES'] }).lanes;

/** Only what Saldo is told here decides how it runs, not what else happens to be set around the benchmark. */
function saldoEnvironment({ databaseUrl, redisUrl, folder }: SaldoOptions): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    DATABASE_URL: databaseUrl,
    PORT: '0',
    SALDO_DATA_DIR: folder,
    SALDO_LANES: String(LANES),
    // As `saldo start` would, which keeps one in its data directory.
    SALDO_SECRET_KEY: Buffer.alloc(32, 'bench').toString('base64'),
    SALDO_ALLOW_PRIVATE_WEBHOOKS: 'true',
    ...(redisUrl === undefined ? {} : { REDIS_URL: redisUrl }),
  };
}

/**
 * Starts the real program as `saldo start` starts it, with its default settings, and waits until it says that it is
 * up. What it logs goes to a file. It ends when we do, however that happens.
 */
export async function startSaldo(part: 'gateway' | 'worker', options: SaldoOptions): Promise<SaldoProcess> {
  const logFile = join(options.folder, `${options.name}-${part}.log`);
  const log = await open(logFile, 'a');
  const child = spawn(process.execPath, [BIN, part], {
    env: saldoEnvironment(options),
    stdio: ['ignore', log.fd, log.fd, 'ipc'],
    detached: true,
  });
  await log.close();
  const { pid } = child;
  if (pid === undefined) throw new Error(`${BIN} can't be run`);
  const ended = once(child, 'exit');
  const url = await Promise.race([
    untilReady(child),
    ended.then(() => Promise.reject(new Error(`saldo ${part} ended: see ${logFile}`))),
  ]);
  return {
    pid,
    url,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** `saldo verify` to its end: whether it found nothing wrong, and what it printed. */
export function spawnVerify(databaseUrl: string): ChildProcess {
  return spawn(process.execPath, [BIN, 'verify', '--json'], {
    env: { PATH: process.env['PATH'], DATABASE_URL: databaseUrl },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

/** The url comes with a gateway's message. */
function untilReady(child: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    child.on('message', (message: { kind: string; url?: string; reason?: string }) => {
      if (message.kind === 'ready') resolve(message.url);
      else reject(new Error(message.reason));
    });
  });
}
