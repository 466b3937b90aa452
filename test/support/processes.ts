import { readdir, readFile } from 'node:fs/promises';
import { RUN_FOLDER } from './temporary-folder.js';
import { until } from './until.js';

export interface FoundProcess {
  readonly pid: number;
  readonly commandLine: string;
}

/**
 * The running processes that have a text in their command line or environment: say a data directory, whoever started
 * them. Only Linux tells; elsewhere none is found.
 */
export async function findProcesses(naming: string): Promise<FoundProcess[]> {
  if (process.platform !== 'linux') return [];
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(pids.map((pid) => lookAt(pid, naming)));
  return found.filter((one) => one !== undefined);
}

async function lookAt(pid: number, naming: string): Promise<FoundProcess | undefined> {
  const read = (file: string): Promise<string> => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
  const [commandLine, environment] = await Promise.all([read('cmdline'), read('environ')]);
  if (!commandLine.includes(naming) && !environment.includes(naming)) return undefined;
  return { pid, commandLine: commandLine.replaceAll('\0', ' ').trim() };
}

/** Waits until no process names the text any more. Throws, and says which do, if that takes too long. */
export async function untilNoneIsLeft(naming: string, timeoutMs = 10_000): Promise<void> {
  let left: FoundProcess[] = [];
  try {
    await until(`nothing runs that names ${naming}`, async () => (left = await findProcesses(naming)).length === 0, {
      timeoutMs,
    });
  } catch (error) {
    const names = left.map(({ pid, commandLine }) => `${pid} ${commandLine}`).join('\n');
    throw new Error(`still running:\n${names}`, { cause: error });
  }
}

/** The end of a run: whatever the tests started and left behind is named, and ended so that it harms no other run. */
export async function expectNothingRunning(): Promise<void> {
  try {
    await untilNoneIsLeft(RUN_FOLDER, 5_000);
  } catch (error) {
    for (const { pid } of await findProcesses(RUN_FOLDER)) process.kill(pid, 'SIGKILL');
    throw error;
  }
}
