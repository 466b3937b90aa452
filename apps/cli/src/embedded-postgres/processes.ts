import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/**
 * When a process started, as an opaque text, or undefined if it isn't running. A pid alone doesn't name a process for
 * long: after a restart of the machine, or of a container, somebody else has it.
 */
export async function startOf(pid: number): Promise<string | undefined> {
  if (process.platform !== 'linux') return askPs('lstart', pid);
  const stat = await readProc(pid, 'stat');
  // The second field is the program's name in parentheses, and may hold anything at all.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, start] = [fields?.[0], fields?.[19]];
  return state === 'Z' || state === 'X' ? undefined : start;
}

/** The command line of a process, its words divided by blanks, or undefined if it isn't running. */
export async function commandLineOf(pid: number): Promise<string | undefined> {
  if (process.platform !== 'linux') return askPs('command', pid);
  const words = await readProc(pid, 'cmdline');
  return words === undefined || words === '' ? undefined : words.replaceAll('\0', ' ').trim();
}

async function readProc(pid: number, file: string): Promise<string | undefined> {
  return readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => undefined);
}

async function askPs(what: string, pid: number): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)('ps', ['-o', `${what}=`, '-p', String(pid)]);
    return stdout.trim() === '' ? undefined : stdout.trim();
  } catch {
    return undefined;
  }
}
