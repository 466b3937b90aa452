import { chmod, link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startOf } from './embedded-postgres/index.js';
import { hasCode } from './has-code.js';

/** Who uses a data directory: a process, told from a later one with the same pid by when it started. */
interface Owner {
  readonly pid: number;
  readonly startedAt: string;
  /** `start`, or the command that has it for a short while. */
  readonly command: string;
}

/** Another Saldo uses the data directory. The message is one line that says which. */
export class DataDirectoryInUseError extends Error {
  override readonly name = 'DataDirectoryInUseError';
  readonly command: string;

  constructor(dataDir: string, owner: Owner) {
    super(
      `the data directory ${dataDir} is in use by "saldo ${owner.command}" (pid ${owner.pid}); set SALDO_DATA_DIR to use another`,
    );
    this.command = owner.command;
  }
}

/** The data directory can't be made or written. */
export class DataDirectoryError extends Error {
  override readonly name = 'DataDirectoryError';
}

/**
 * Makes the data directory ours, and answers how to give it back. An owner that was killed left its claim behind: it
 * is void. Throws {@link DataDirectoryInUseError} if somebody alive has it.
 */
export async function claimDataDirectory(dataDir: string, command: string): Promise<() => Promise<void>> {
  const file = join(dataDir, 'saldo.lock');
  const draft = await draftClaim(dataDir, `${file}.${process.pid}`, command);
  try {
    while (!(await tryLink(draft, file))) {
      const owner = await readOwner(file);
      if (owner !== undefined && (await startOf(owner.pid)) === owner.startedAt)
        throw new DataDirectoryInUseError(dataDir, owner);
      await removeVoid(file, owner);
    }
  } finally {
    await rm(draft, { force: true });
  }
  return () => rm(file, { force: true });
}

/** A link is made whole or not at all, and never over an existing one: nobody reads half a claim. */
async function draftClaim(dataDir: string, draft: string, command: string): Promise<string> {
  const us: Owner = { pid: process.pid, startedAt: (await startOf(process.pid)) ?? '', command };
  try {
    const made = await mkdir(dataDir, { recursive: true });
    // Run by root, Postgres is another user, who has to get through; nobody else has to see what is in there.
    if (made !== undefined) await chmod(dataDir, 0o711);
    await writeFile(draft, JSON.stringify(us), { mode: 0o600 });
  } catch (error) {
    throw new DataDirectoryError(
      `SALDO_DATA_DIR takes a folder that can be written, not this: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  return draft;
}

async function tryLink(draft: string, file: string): Promise<boolean> {
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/** Two may find the same void claim: it is moved aside first, and put back if another has replaced it meanwhile. */
async function removeVoid(file: string, owner: Owner | undefined): Promise<void> {
  const aside = `${file}.void.${process.pid}`;
  await rename(file, aside).catch(() => undefined);
  const moved = await readOwner(aside);
  if (moved !== undefined && moved.startedAt !== owner?.startedAt) await link(aside, file).catch(() => undefined);
  await rm(aside, { force: true });
}

async function readOwner(file: string): Promise<Owner | undefined> {
  try {
    const found: unknown = JSON.parse(await readFile(file, 'utf8'));
    return isOwner(found) ? found : undefined;
  } catch {
    return undefined;
  }
}

function isOwner(found: unknown): found is Owner {
  return (
    typeof found === 'object' &&
    found !== null &&
    'pid' in found &&
    typeof found.pid === 'number' &&
    'startedAt' in found &&
    typeof found.startedAt === 'string' &&
    'command' in found &&
    typeof found.command === 'string'
  );
}
