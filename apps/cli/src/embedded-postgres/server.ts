import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, stat } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Binaries } from './binaries.js';
import type { Cluster } from './cluster.js';
import { EmbeddedPostgresError } from './errors.js';
import { readPostmaster } from './postmaster-file.js';
import type { SystemUser } from './system-user.js';

export type ServerSettings = Readonly<Record<string, string>>;

/** A Postgres that accepts connections. */
export interface Server {
  readonly pid: number;
  /** Resolves when it has ended, in whatever way. */
  readonly ended: Promise<void>;
  /** Ends its connections, writes everything down and stops. */
  stop(): Promise<void>;
}

/**
 * What Postgres caches by itself: a quarter of the memory that this process may have, as its manual recommends, but not
 * more than a small ledger's indexes need. It is taken as it is used.
 */
function sharedBuffersMib(): number {
  const memoryMib = Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY) / MIB;
  return Math.round(Math.min(Math.max(memoryMib / 4, SHARED_BUFFERS_MIB.min), SHARED_BUFFERS_MIB.max));
}

const MIB = 1_048_576;
const SHARED_BUFFERS_MIB = { min: 128, max: 2_048 };

/** Durability is Postgres's default, in full: an accepted operation is on the disk. */
const SETTINGS: ServerSettings = {
  listen_addresses: '127.0.0.1',
  // The path of a socket has a limit that a data directory may exceed.
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: `${sharedBuffersMib()}MB`,
  max_wal_size: '2GB',
  random_page_cost: '1.1',
  jit: 'off',
  log_checkpoints: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
};

const STOP_MS_MAX = 30_000;
const POLL_MS = 20;

/** Starts Postgres and waits until it accepts connections, however long it has to recover. Throws with its log. */
export async function startServer(
  cluster: Cluster,
  binaries: Binaries,
  user: SystemUser,
  port: number,
  settings: ServerSettings,
): Promise<Server> {
  const log = await open(cluster.log, 'a', 0o600);
  const { size: logBefore } = await log.stat();
  const flags = Object.entries({ ...SETTINGS, ...settings }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  // In a session of its own, Ctrl-C in the terminal doesn't reach Postgres: it is stopped last, by us.
  const child = spawn(binaries.postgres, ['-D', cluster.data, '-p', String(port), ...flags], {
    ...user,
    cwd: '/',
    detached: true,
    env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' },
    stdio: ['ignore', log.fd, log.fd],
  });
  const ended = once(child, 'exit').then(
    () => undefined,
    () => undefined,
  );
  await log.close();
  const { pid } = child;
  if (pid === undefined) throw new EmbeddedPostgresError(`${binaries.postgres} can't be run.`);
  try {
    await untilReady(child, pid, cluster, logBefore);
  } catch (error) {
    await stopServer(child, ended);
    throw error;
  }
  return { pid, ended, stop: () => stopServer(child, ended) };
}

async function untilReady(child: ChildProcess, pid: number, cluster: Cluster, logBefore: number): Promise<void> {
  for (;;) {
    const postmaster = await readPostmaster(cluster.data);
    if (postmaster?.pid === pid && postmaster.isReady) return;
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new EmbeddedPostgresError(
        `Postgres didn't start. Its log ${cluster.log} says:\n${await tail(cluster.log, logBefore)}`,
      );
    }
    await sleep(POLL_MS);
  }
}

/** SIGINT is Postgres's "fast" shutdown; if it can't, it is told to drop everything, and recovers on its next start. */
async function stopServer(child: ChildProcess, ended: Promise<void>): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    const timer = new AbortController();
    await Promise.race([ended, sleep(STOP_MS_MAX, undefined, { signal: timer.signal }).catch(() => undefined)]);
    timer.abort();
  }
}

async function tail(file: string, from: number): Promise<string> {
  const { size } = await stat(file);
  const text = (await readFile(file)).subarray(Math.min(from, size)).toString();
  return text.trim().split('\n').slice(-12).join('\n');
}
