import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { findFreePort } from '@saldo/cli/embedded-postgres';
import { SETTINGS } from '@saldo/config';
import { atTheEnd } from './cleanup.js';
import { until } from './until.js';

/** What `npx saldo` runs. */
export const BIN = fileURLToPath(new URL('../../../apps/cli/bin/saldo.js', import.meta.url));

export type Environment = Readonly<Record<string, string>>;

/** How a `saldo …` ended. */
export interface Ended {
  /** Null if a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A `saldo …` that runs. It is stopped at the end of the run at the latest. */
export interface Saldo {
  readonly pid: number;
  /** What it has printed so far. */
  stdout(): string;
  stderr(): string;
  readonly ended: Promise<Ended>;
  /** Sends a signal, waits for the end and answers it. */
  stop(signal?: NodeJS.Signals): Promise<Ended>;
}

/** A `saldo start` or `saldo gateway` that answers. */
export interface ServingSaldo extends Saldo {
  readonly url: string;
}

/** Runs `saldo …` from the checkout to its end. */
export async function saldo(args: readonly string[], env: Environment): Promise<Ended> {
  return spawnSaldo(args, env).ended;
}

/** Starts `saldo start` or `saldo gateway` on a free port, or the one given, and waits until it is ready. */
export async function startSaldo(args: readonly string[], env: Environment, timeoutMs = 30_000): Promise<ServingSaldo> {
  const port = env['PORT'] ?? String(await findFreePort());
  const url = `http://127.0.0.1:${port}`;
  const child = spawnSaldo(args, { ...env, PORT: port });
  await untilServing(child, `saldo ${args.join(' ')}`, () => isReady(url), timeoutMs);
  return { ...child, url };
}

/** Starts `saldo worker` and waits until it says that it is at work. */
export async function startWorker(env: Environment, timeoutMs = 30_000): Promise<Saldo> {
  const child = spawnSaldo(['worker'], env);
  await untilServing(child, 'saldo worker', () => child.stderr().includes('"worker started"'), timeoutMs);
  return child;
}

export async function isReady(url: string): Promise<boolean> {
  const response = await fetch(`${url}/readyz`).catch(() => undefined);
  await response?.body?.cancel();
  return response?.status === 200;
}

/** Throws with what it printed if it ends instead, or takes too long. */
async function untilServing(child: Saldo, name: string, ask: () => boolean | Promise<boolean>, timeoutMs: number) {
  let ended: Ended | undefined;
  void child.ended.then((end) => (ended = end));
  const isServing = await until(`${name} is ready`, async () => ended !== undefined || (await ask()), {
    timeoutMs,
  }).catch((error: unknown) => {
    throw new Error(child.stderr(), { cause: error });
  });
  if (ended !== undefined || !isServing) throw new Error(`${name} ended before it was ready:\n${child.stderr()}`);
}

/** Starts `saldo …` from the checkout, and waits for nothing. */
export function spawnSaldo(args: readonly string[], env: Environment): Saldo {
  const child = spawn(process.execPath, [BIN, ...args], {
    env: { ...outerEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${BIN} can't be run`);
  const printed = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (printed.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (printed.stderr += chunk.toString()));
  const ended = untilEnded(child).then((how) => ({ ...how, ...printed }));
  const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> => {
    child.kill(signal);
    return ended;
  };
  atTheEnd(async () => void (await stop()));
  return { pid, stdout: () => printed.stdout, stderr: () => printed.stderr, ended, stop };
}

const LAST_WORDS_MS_MAX = 500;

/** All that it printed is awaited ('close'), but not for ever: a child of its own may outlive it and hold its output. */
async function untilEnded(child: ChildProcess): Promise<Pick<Ended, 'code' | 'signal'>> {
  const closed = once(child, 'close');
  await once(child, 'exit');
  await Promise.race([closed, sleep(LAST_WORDS_MS_MAX, undefined, { ref: false })]);
  return { code: child.exitCode, signal: child.signalCode };
}

/** What the tests set decides, not what happens to be set around them. */
function outerEnvironment(): Record<string, string | undefined> {
  const isOurs = (name: string): boolean => name in SETTINGS || name.startsWith('SALDO_');
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !isOurs(name)));
}
