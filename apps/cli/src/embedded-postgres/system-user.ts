import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { EmbeddedPostgresError } from './errors.js';

const run = promisify(execFile);

/** Whom Postgres runs as: empty for whoever we are, as spawn takes it. */
export type SystemUser = { readonly uid: number; readonly gid: number } | Record<string, never>;

const NAME = 'postgres';

/** Postgres refuses to run as root, so root runs it as the user `postgres`, who is made where there is none. */
export async function chooseSystemUser(): Promise<SystemUser> {
  if (process.getuid?.() !== 0) return {};
  const existing = await findUser();
  if (existing !== undefined) return existing;
  try {
    await run('useradd', ['--system', '--user-group', '--no-create-home', NAME]);
  } catch (error) {
    throw new EmbeddedPostgresError(
      `Postgres refuses to run as root, and no user "${NAME}" could be made for it (${String(error).trim()}): ` +
        'make one, run Saldo as an ordinary user, or name a Postgres of yours in DATABASE_URL.',
    );
  }
  const made = await findUser();
  if (made === undefined) throw new EmbeddedPostgresError(`The user "${NAME}" was made for Postgres but is not there.`);
  return made;
}

async function findUser(): Promise<SystemUser | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', NAME]), run('id', ['-g', NAME])]);
    return { uid: Number.parseInt(uid.stdout, 10), gid: Number.parseInt(gid.stdout, 10) };
  } catch {
    return undefined;
  }
}

/** Throws, naming the folder in the way, if the user may not enter this folder. */
export async function requireReachable(folder: string, user: SystemUser): Promise<void> {
  if (!('uid' in user) || (await mayEnter(folder, user))) return;
  let inTheWay = folder;
  for (let parent = dirname(folder); !(await mayEnter(parent, user)); parent = dirname(parent)) {
    inTheWay = parent;
    if (parent === dirname(parent)) break;
  }
  throw new EmbeddedPostgresError(
    `Postgres can't run as root, it runs as the user "${NAME}", who may not enter ${inTheWay}: ` +
      `allow it with "chmod o+x ${inTheWay}", keep Saldo and SALDO_DATA_DIR elsewhere, or run as an ordinary user.`,
  );
}

/** Asked of the system itself, which knows about access lists and mounts. */
async function mayEnter(folder: string, user: SystemUser): Promise<boolean> {
  try {
    await run('test', ['-x', folder], { ...user, cwd: '/' });
    return true;
  } catch {
    return false;
  }
}
