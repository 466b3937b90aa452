import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '../has-code.js';

/** What a running Postgres says about itself in its data directory. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly isReady: boolean;
}

export function postmasterFile(data: string): string {
  return join(data, 'postmaster.pid');
}

/** Undefined when Postgres was stopped in good order, or has only just begun to start. */
export async function readPostmaster(data: string): Promise<Postmaster | undefined> {
  let lines: string[];
  try {
    lines = (await readFile(postmasterFile(data), 'utf8')).split('\n');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
  // The lines are Postgres's own (miscadmin.h): pid, data directory, start, port, socket, host, memory, state.
  const [pid, port] = [lines[0], lines[3]].map((text) => Number.parseInt(text ?? '', 10));
  if (pid === undefined || Number.isNaN(pid)) return undefined;
  return { pid, port: port ?? Number.NaN, isReady: lines[7]?.trim() === 'ready' };
}
