import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PART_SUFFIX, STORED_NAME } from '@saldo/reports';
import { expireReportFiles, findStrayFiles, type Database } from '@saldo/store';

/** A file that nobody has written to for so long is no longer being written. */
const STRAY_MS = 3_600_000;

/** Removes files that were kept long enough, and those that a crash left behind, half or without a report. */
export async function cleanFolder(database: Database, folder: string, keepDays: number): Promise<void> {
  for (const file of await expireReportFiles(database, keepDays)) await rm(join(folder, file), { force: true });
  const old: string[] = [];
  for (const name of await listFolder(folder)) if (isOurs(name) && (await isOld(join(folder, name)))) old.push(name);
  // A part's own name is never in a report, so it counts as stray like a whole file that no report has.
  const stray = old.length === 0 ? [] : await findStrayFiles(database, old);
  for (const name of stray) await rm(join(folder, name), { force: true });
}

/** By its name, whole or half written: whatever else is in the folder is left alone. */
function isOurs(name: string): boolean {
  return STORED_NAME.test(name.endsWith(PART_SUFFIX) ? name.slice(0, -PART_SUFFIX.length) : name);
}

/** Removes what earlier attempts at a report left half written. */
export async function removeParts(folder: string, reportId: string): Promise<void> {
  const parts = (await listFolder(folder)).filter((name) => name.startsWith(reportId) && name.endsWith(PART_SUFFIX));
  for (const name of parts) await rm(join(folder, name), { force: true });
}

/** Before the first report there is no folder. */
async function listFolder(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** Another worker may have removed it meanwhile. */
async function isOld(path: string): Promise<boolean> {
  try {
    return Date.now() - (await stat(path)).mtimeMs > STRAY_MS;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
