import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Logger } from '@saldo/config';
import type { WorkerSettings } from '../worker-settings.js';

const ENTRY = fileURLToPath(new URL('report-process.js', import.meta.url));

/** The lanes come first where there is too little processor for all. */
const NICENESS = 10;
const RESTART_MS = 1_000;
const STOP_MS_MAX = 10_000;

/** Rows are worked on by the thousand: with so little to keep, whatever piles up is a defect, and garbage goes early. */
const HEAP_MIB_MAX = 128;

/** Runs the process that makes reports, and again whenever it ends, until it is stopped. */
export function superviseReportProcess(settings: WorkerSettings, logger: Logger): { stop(): Promise<void> } {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  const run = (): ChildProcess => {
    const started = start(settings, logger);
    started.once('exit', (code, signal) => {
      if (stopped) return;
      logger.error('the process that makes reports ended and is started again', { code, signal });
      timer = setTimeout(() => (child = run()), RESTART_MS);
    });
    return started;
  };
  let child = run();
  return {
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await end(child);
    },
  };
}

function start(settings: WorkerSettings, logger: Logger): ChildProcess {
  const child = fork(ENTRY, [], {
    // A debugger or profiler of ours is not its.
    execArgv: [`--max-old-space-size=${HEAP_MIB_MAX}`],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  child.on('error', (error) => logger.error('the process that makes reports could not be started', { error }));
  if (child.pid === undefined) return child;
  child.send(
    settings,
    (error) => error && logger.warn('the process that makes reports was not told its settings', { error }),
  );
  try {
    setPriority(child.pid, NICENESS);
  } catch (error) {
    logger.debug('the process that makes reports has the priority of all', { error });
  }
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
  await exited;
  clearTimeout(timer);
}
