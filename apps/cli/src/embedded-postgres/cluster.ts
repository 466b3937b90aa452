import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Binaries } from './binaries.js';
import { EmbeddedPostgresError } from './errors.js';
import { runToEnd } from './run-to-end.js';
import type { SystemUser } from './system-user.js';

/** The files of one embedded Postgres. */
export interface Cluster {
  /** Postgres's own data directory. */
  readonly data: string;
  readonly log: string;
  readonly password: string;
  /** Names the process that stops Postgres when all who use it are gone. */
  readonly guard: string;
}

export const SUPERUSER = 'saldo';
export const DATABASE = 'saldo';

const INITIALISING = 'postgres.init-';

export function clusterIn(folder: string): Cluster {
  return {
    data: join(folder, 'postgres'),
    log: join(folder, 'postgres.log'),
    password: join(folder, 'postgres-password'),
    guard: join(folder, 'postgres-guard.pid'),
  };
}

export function clusterExists(cluster: Cluster): boolean {
  return existsSync(join(cluster.data, 'PG_VERSION'));
}

export async function readPassword(cluster: Cluster): Promise<string> {
  try {
    return (await readFile(cluster.password, 'utf8')).trim();
  } catch (error) {
    throw new EmbeddedPostgresError(`The password of the Postgres in ${cluster.data} can't be read: ${String(error)}`);
  }
}

/**
 * Makes the database: in a folder beside its place, renamed when it is whole, so that being killed half-way leaves
 * nothing that could be mistaken for a database. Leftovers of such an end are removed.
 */
export async function createCluster(cluster: Cluster, binaries: Binaries, user: SystemUser): Promise<void> {
  const folder = dirname(cluster.data);
  await removeLeftovers(folder);
  const workshop = await mkdtemp(join(folder, INITIALISING));
  const data = join(workshop, 'data');
  const passwordFile = join(workshop, 'password');
  await writeFile(passwordFile, `${await makePassword(cluster)}\n`, { mode: 0o600 });
  await giveTo(user, passwordFile, workshop);
  const options = { ...user, cwd: '/', env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' } };
  const access = ['--auth=scram-sha-256', `--username=${SUPERUSER}`, `--pwfile=${passwordFile}`];
  await runToEnd(binaries.initdb, ['-D', data, ...access, '--encoding=UTF8', '--locale=C'], options);
  await runToEnd(binaries.postgres, ['--single', '-D', data, 'postgres'], options, `create database ${DATABASE}\n`);
  await rename(data, cluster.data);
  await rm(workshop, { recursive: true });
}

/** Kept before the database is made with it; one kept by an attempt that was cut short is used. */
async function makePassword(cluster: Cluster): Promise<string> {
  if (existsSync(cluster.password)) {
    const kept = await readPassword(cluster);
    if (kept !== '') return kept;
  }
  const password = randomBytes(24).toString('base64url');
  await writeFile(cluster.password, `${password}\n`, { mode: 0o600 });
  return password;
}

/** One that can't be removed yet (its initdb outlived whoever started it) is left to the next time. */
async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.startsWith(INITIALISING))
      await rm(join(folder, name), { recursive: true, force: true }).catch(() => undefined);
  }
}

async function giveTo(user: SystemUser, ...paths: string[]): Promise<void> {
  if (!('uid' in user)) return;
  for (const path of paths) await chown(path, user.uid, user.gid);
}
