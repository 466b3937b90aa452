import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { HashingFile } from './hashing-file.js';
import type { Format } from './request.js';
import type { Batches, Shape } from './shape.js';
import { writeCsv } from './write-csv.js';
import { writeXlsx } from './write-xlsx.js';

/** A file that is being written has this behind its name: nobody reads it. */
export const PART_SUFFIX = '.part';

/** What a report's file is called on the disk: each attempt at a report (`claim`, a UUID) has a file of its own. */
export function storedName(reportId: string, claim: string, format: Format): string {
  return `${reportId}.${claim.slice(0, 8)}.${format}`;
}

/** Every name that {@link storedName} makes. */
export const STORED_NAME = /^[0-9a-f-]{36}\.[0-9a-f]{8}\.(?:csv|xlsx)$/;

export interface NewReportFile {
  readonly folder: string;
  /** Its name in the folder. */
  readonly name: string;
  readonly format: Format;
  readonly shape: Shape;
  readonly batches: Batches;
}

export interface WrittenFile {
  readonly bytes: number;
  /** In hex. */
  readonly sha256: string;
}

/**
 * Writes a report's file under a temporary name and gives it its own once it is whole and on the disk: no reader ever
 * sees half a report. If anything fails, `batches` or the disk, nothing is left of it.
 */
export async function writeReportFile({ folder, name, format, shape, batches }: NewReportFile): Promise<WrittenFile> {
  await mkdir(folder, { recursive: true, mode: 0o750 });
  const part = join(folder, name + PART_SUFFIX);
  const output = new HashingFile(await open(part, 'wx', 0o640));
  // Heard of by whoever writes; this keeps one that comes when nobody does from ending the process.
  output.on('error', () => undefined);
  try {
    await Promise.all([finished(output), (format === 'csv' ? writeCsv : writeXlsx)(output, shape, batches)]);
    await rename(part, join(folder, name));
    await syncFolder(folder);
    return { bytes: output.bytes, sha256: output.digest() };
  } catch (error) {
    output.destroy();
    await rm(part, { force: true });
    throw error;
  }
}

/** A name is on the disk when its folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
