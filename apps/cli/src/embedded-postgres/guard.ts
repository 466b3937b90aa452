import { spawn } from 'node:child_process';
import type { Writable } from 'node:stream';
import { postmasterFile } from './postmaster-file.js';

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

export function guardPostgres(data: string): Guard {
  const shell = spawn('/bin/sh', ['-c', SCRIPT, 'saldo-guard', postmasterFile(data)], {
    detached: true,
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  shell.on('error', () => undefined);
  shell.stdin.on('error', () => undefined);
  return { hold: shell.stdin, release: () => void shell.kill('SIGKILL') };
}
