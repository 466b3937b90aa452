import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { findFreePort } from '@saldo/cli/embedded-postgres';

export interface PrivateRedis {
  readonly url: string;
  readonly pid: number;
  readonly version: string;
  stop(): Promise<void>;
}

/** As docker-compose.yml has it, to the letter. */
const DURABILITY = ['--appendonly', 'yes', '--appendfsync', 'everysec', '--maxmemory-policy', 'noeviction'];
const READY_MS_MAX = 10_000;
const POLL_MS = 20;

/** A Redis of our own in `folder`, on a free port; undefined where the machine has none. */
export async function startRedis(folder: string): Promise<PrivateRedis | undefined> {
  const asked = spawnSync('redis-server', ['--version'], { encoding: 'utf8' });
  if (asked.status !== 0) return undefined;
  const port = await findFreePort();
  const flags = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, ...DURABILITY];
  // In a session of its own, Ctrl-C in the terminal doesn't reach it: it is stopped by us, last.
  const child = spawn('redis-server', flags, { stdio: 'ignore', detached: true });
  const { pid } = child;
  if (pid === undefined) throw new Error("redis-server can't be run");
  const ended = once(child, 'exit');
  for (const end = Date.now() + READY_MS_MAX; !(await answers(port)); await sleep(POLL_MS)) {
    if (Date.now() > end || child.exitCode !== null) throw new Error('redis-server does not come up');
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    pid,
    version: /v=(\S+)/.exec(asked.stdout)?.[1] ?? 'unknown',
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.setTimeout(1_000, () => socket.destroy());
    socket.on('data', (reply) => {
      resolve(reply.toString().startsWith('+PONG'));
      socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(false));
  });
}
