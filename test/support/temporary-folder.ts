import { mkdtempSync, chmodSync } from 'node:fs';
import { mkdtemp, chmod, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Everything that this run of the tests writes is under this folder, and every process that it starts names it. */
export const RUN_FOLDER = openToAll(mkdtempSync(join(tmpdir(), 'saldo-test-')));

/** Run by root, Postgres is another user, who has to get through. */
function openToAll(folder: string): string {
  chmodSync(folder, 0o711);
  return folder;
}

/** A new empty folder, removed with the others when the run is over. */
export async function makeTemporaryFolder(name: string): Promise<string> {
  const folder = await mkdtemp(join(RUN_FOLDER, `${name}-`));
  await chmod(folder, 0o711);
  return folder;
}

export async function removeTemporaryFolders(): Promise<void> {
  await rm(RUN_FOLDER, { recursive: true, force: true, maxRetries: 3 });
}
