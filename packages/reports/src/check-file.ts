import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { openManifest, type SealedManifest } from './manifest.js';

/** Files are saved together: `revenue-2026-11.csv` and `revenue-2026-11.csv.manifest.json`. */
export const MANIFEST_SUFFIX = '.manifest.json';

/** What checking a file found. `problems` is empty when the file is what Saldo wrote. */
export interface FileCheck {
  readonly manifest: SealedManifest | undefined;
  readonly problems: readonly string[];
}

/** Checks a report's file against its manifest. Throws what the file system throws. */
export async function checkReportFile(file: string, manifestFile = file + MANIFEST_SUFFIX): Promise<FileCheck> {
  const opened = openManifest(await readFile(manifestFile, 'utf8'));
  if ('problem' in opened) return { manifest: undefined, problems: [opened.problem] };
  const { manifest } = opened;
  const problems: string[] = [];
  const hash = createHash('sha256');
  let bytes = 0;
  await pipeline(createReadStream(file), async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) {
      hash.update(chunk);
      bytes += chunk.length;
    }
  });
  const sha256 = hash.digest('hex');
  if (bytes !== manifest.file.bytes) problems.push(`the file has ${bytes} bytes, not ${manifest.file.bytes}`);
  if (sha256 !== manifest.file.sha256) problems.push(`the file has SHA-256 ${sha256}, not ${manifest.file.sha256}`);
  return { manifest, problems };
}
