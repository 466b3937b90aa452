import { mkdir } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { findBinaries } from './binaries.js';
import { clusterExists, clusterIn, createCluster, DATABASE, readPassword, SUPERUSER } from './cluster.js';
import { EmbeddedPostgresError } from './errors.js';
import { findFreePort } from './free-port.js';
import { guardPostgres, type Guard } from './guard.js';
import { endOrphan } from './orphan.js';
import { readPostmaster } from './postmaster-file.js';
import { startServer, type Server, type ServerSettings } from './server.js';
import { chooseSystemUser, requireReachable } from './system-user.js';

export interface EmbeddedPostgresOptions {
  /** Absolute. Postgres's data, log and password are kept in it, under names of their own; whoever calls owns it. */
  readonly folder: string;
  /** Besides, or instead of, those that it always gets. */
  readonly settings?: ServerSettings;
  /** Hears in words of what takes time. */
  readonly notify?: (text: string) => void;
}

/** A Postgres of our own, on a port of 127.0.0.1 that stays the same while this object lives. */
export interface EmbeddedPostgres {
  readonly url: string;
  /** Of the Postgres that was started last. */
  readonly pid: number;
  /** Give it to child processes as one of their `stdio`: should we be killed, Postgres runs on until they are done. */
  readonly hold: Writable;
  /** Resolves when the Postgres that was started last has ended. */
  readonly ended: Promise<void>;
  /** Starts Postgres again, and stops it first if it runs. */
  restart(): Promise<void>;
  /** Stops it for good. */
  stop(): Promise<void>;
}

/** Starts the Postgres of a folder, and makes it first where there is none. Throws {@link EmbeddedPostgresError}. */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { folder, settings = {}, notify = () => undefined } = options;
  const cluster = clusterIn(folder);
  const binaries = findBinaries();
  const user = await chooseSystemUser();
  await requireReachable(binaries.postgres, user);
  await mkdir(folder, { recursive: true });
  await requireReachable(folder, user);
  await endOrphan(cluster, notify);
  if (!clusterExists(cluster)) {
    notify(`making a new database in ${folder}`);
    await createCluster(cluster, binaries, user);
  }
  const password = await readPassword(cluster);
  const start = (port: number): Promise<Server> => startServer(cluster, binaries, user, port, settings);
  const guard = guardPostgres(cluster);
  try {
    const { server, port } = await startOnFreePort(start);
    return running(urlOf(port, password), server, guard, () => untilItPasses(() => start(port)));
  } catch (error) {
    guard.release();
    throw error;
  }
}

/** Where the Postgres of a folder can be reached, if somebody runs it. */
export async function runningUrl(folder: string): Promise<string | undefined> {
  const cluster = clusterIn(folder);
  const postmaster = await readPostmaster(cluster.data);
  return postmaster?.isReady ? urlOf(postmaster.port, await readPassword(cluster)) : undefined;
}

function running(url: string, first: Server, guard: Guard, startAgain: () => Promise<Server>): EmbeddedPostgres {
  let server = first;
  return {
    url,
    get pid() {
      return server.pid;
    },
    hold: guard.hold,
    get ended() {
      return server.ended;
    },
    async restart() {
      await server.stop();
      server = await startAgain();
    },
    async stop() {
      await server.stop();
      guard.release();
    },
  };
}

const ATTEMPTS_MAX = 20;
const ATTEMPT_EVERY_MS = 250;

/** Between being found and being bound, a port may be taken by another. */
async function startOnFreePort(start: (port: number) => Promise<Server>): Promise<{ server: Server; port: number }> {
  return untilItPasses(async () => {
    const port = await findFreePort();
    return { server: await start(port), port };
  });
}

/** After a crash, the connections of the Postgres before may take a moment to notice that it is gone. */
async function untilItPasses<T>(attempt: () => Promise<T>): Promise<T> {
  for (let attempts = 1; ; attempts++) {
    try {
      return await attempt();
    } catch (error) {
      const isPassing =
        error instanceof EmbeddedPostgresError && /Address already in use|shared memory block/.test(error.message);
      if (!isPassing || attempts >= ATTEMPTS_MAX) throw error;
      await sleep(ATTEMPT_EVERY_MS);
    }
  }
}

function urlOf(port: number, password: string): string {
  return `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/${DATABASE}`;
}
