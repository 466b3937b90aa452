import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from './cluster.js';
import { EmbeddedPostgresError } from './errors.js';
import { isGuarded } from './guard.js';
import { postmasterFile, readPostmaster } from './postmaster-file.js';
import { commandLineOf } from './processes.js';

/** So long a killed start's gateway and worker may take to notice and finish; then the guard stops their Postgres. */
const GUARDED_MS_MAX = 40_000;
const STOP_MS_MAX = 30_000;
const POLL_MS = 50;

/**
 * Only for whoever owns the data directory. A Postgres that still runs in it belongs to an owner who was killed: it is
 * given time to end with those who use it, and is stopped if it doesn't.
 */
export async function endOrphan(cluster: Cluster, notify: (text: string) => void): Promise<void> {
  const postmaster = await readPostmaster(cluster.data);
  if (postmaster === undefined || (await commandLineOf(postmaster.pid)) === undefined) return;
  if (!(await runsIn(cluster, postmaster.pid))) {
    // The number is somebody else's by now. Postgres would believe that it was still itself, and not start.
    await rm(postmasterFile(cluster.data), { force: true });
    return;
  }
  notify(
    `Postgres (pid ${postmaster.pid}) of an earlier run that was killed is still there: waiting until it has stopped`,
  );
  for (const end = Date.now() + GUARDED_MS_MAX; (await isGuarded(cluster)) && Date.now() < end; await sleep(POLL_MS));
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    signalIfThere(postmaster.pid, signal);
    if (await isGoneWithin(cluster, postmaster.pid, STOP_MS_MAX)) return;
  }
  throw new EmbeddedPostgresError(
    `Postgres (pid ${postmaster.pid}) still runs in ${cluster.data} and can't be stopped.`,
  );
}

async function runsIn(cluster: Cluster, pid: number): Promise<boolean> {
  const commandLine = await commandLineOf(pid);
  return commandLine !== undefined && commandLine.includes(`postgres -D ${cluster.data} `);
}

async function isGoneWithin(cluster: Cluster, pid: number, timeoutMs: number): Promise<boolean> {
  for (const end = Date.now() + timeoutMs; Date.now() < end; await sleep(POLL_MS)) {
    if (!(await runsIn(cluster, pid))) return true;
  }
  return false;
}

function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended meanwhile.
  }
}
