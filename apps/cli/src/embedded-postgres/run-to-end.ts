import { spawn, type SpawnOptions } from 'node:child_process';
import { basename } from 'node:path';
import { EmbeddedPostgresError } from './errors.js';

/** Runs a program and waits for its end. Throws with what it printed if it fails. */
export function runToEnd(program: string, args: string[], options: SpawnOptions, input = ''): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => reject(new EmbeddedPostgresError(`${basename(program)} ${why}`));
    const child = spawn(program, args, { ...options, stdio: ['pipe', 'pipe', 'pipe'] });
    let printed = '';
    const collect = (chunk: Buffer): void => void (printed += chunk.toString());
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', (error) => fail(`can't be run: ${error.message}`));
    child.on('close', (code, signal) => {
      if (code === 0) resolve();
      else fail(`ended with ${signal ?? `code ${code}`}:\n${printed.trim()}`);
    });
    // A program that ends before it has read its input is judged by how it ended.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}
