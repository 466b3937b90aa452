import { spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Writable } from 'node:stream';
import type { Cluster } from './cluster.js';
import { postmasterFile } from './postmaster-file.js';
import { commandLineOf } from './processes.js';

/** Sees to it that Postgres doesn't outlive those who use it, however they end. */
export interface Guard {
  /** Whoever holds this open keeps Postgres running; give it to a child process as one of its `stdio`. */
  readonly hold: Writable;
  /** Postgres is stopped: there is nothing to guard any more. */
  release(): void;
}

/**
 * The system closes the pipe when the last holder is gone, also one ended by kill -9, who can't clean up behind
 * himself: then a shell that waited for nothing else stops Postgres. It must not be stopped by the signals that are
 * meant for everybody around it.
 */
const SCRIPT = `trap '' HUP INT TERM
while read -r _; do :; done
read -r pid < "$1" && kill -INT "$pid"`;

const NAME = 'saldo-guard';

export function guardPostgres(cluster: Cluster): Guard {
  const shell = spawn('/bin/sh', ['-c', SCRIPT, NAME, postmasterFile(cluster.data)], {
    detached: true,
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  shell.on('error', () => undefined);
  shell.stdin.on('error', () => undefined);
  writeFileSync(cluster.guard, String(shell.pid));
  return {
    hold: shell.stdin,
    release: () => {
      shell.kill('SIGKILL');
      rmSync(cluster.guard, { force: true });
    },
  };
}

/** Whether somebody still uses Postgres, so that its guard waits for their end. */
export async function isGuarded(cluster: Cluster): Promise<boolean> {
  let pid: number;
  try {
    pid = Number.parseInt(readFileSync(cluster.guard, 'utf8'), 10);
  } catch {
    return false;
  }
  const commandLine = await commandLineOf(pid);
  return commandLine !== undefined && commandLine.includes(NAME) && commandLine.includes(cluster.data);
}
