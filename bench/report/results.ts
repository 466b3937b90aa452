import { mkdir, writeFile } from 'node:fs/promises';
import { arch, cpus, platform, release, totalmem } from 'node:os';
import { dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Rig } from '../rig.js';

const FOLDER = new URL('../../results/', import.meta.url);
const GIB = 1_073_741_824;

export interface Machine {
  readonly processor: string;
  readonly processors: number;
  readonly memoryGib: number;
  readonly system: string;
  readonly node: string;
  readonly postgres: string;
  readonly redis: string | null;
}

/** What a result is worth nothing without. */
export async function describeMachine(rig: Rig): Promise<Machine> {
  const all = cpus();
  return {
    processor: all[0]?.model.trim() ?? 'unknown',
    processors: all.length,
    memoryGib: Math.round(totalmem() / GIB),
    system: `${platform()} ${release()} ${arch()}`,
    node: process.version,
    postgres: await rig.databases.version(),
    redis: rig.redis?.version ?? null,
  };
}

/** Writes a file of `bench/results` and answers its path, as seen from where we are. */
export async function writeResult(name: string, content: string): Promise<string> {
  const path = fileURLToPath(new URL(name, FOLDER));
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  return relative(process.cwd(), path);
}

/** The beginning of a result's name: the day and the minute, in UTC. */
export function timestamp(): string {
  return new Date().toISOString().slice(0, 16).replace(':', '');
}
