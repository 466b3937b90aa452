import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { findFreePort } from '@saldo/cli/embedded-postgres';
import { atTheEnd } from './cleanup.js';
import { makeTemporaryFolder } from './temporary-folder.js';
import { until } from './until.js';

/** A Redis for tests, stopped at the end of the run at the latest. */
export interface TestRedis {
  readonly url: string;
  readonly pid: number;
  /** Starts it again on the same port, with what it had written unless told otherwise, and stops it first if it runs. */
  restart(options?: { readonly isEmpty: boolean }): Promise<void>;
  /** Answers the reply to one command. Throws what Redis has against it. */
  command(...words: readonly (string | number)[]): Promise<string>;
  /** SIGTERM lets it write everything down; SIGKILL is a crash. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

export interface TestRedisOptions {
  /** Whether it writes down what it knows; without, a restart finds it empty. */
  readonly isPersistent?: boolean;
  /** Whether it may be a node of a cluster. */
  readonly isClusterNode?: boolean;
}

const isInstalled = spawnSync('redis-server', ['--version']).status === 0;
const skipped: string[] = [];

/** A suite that needs a Redis; where the machine has none it is skipped, and the end of the run says so. */
export function describeOnRedis(title: string, body: (this: Mocha.Suite) => void): void {
  if (isInstalled) {
    describe(title, body);
    return;
  }
  if (skipped.length === 0)
    process.on('exit', () => process.stderr.write(`\nredis-server not found: SKIPPED ${skipped.join('; ')}\n`));
  skipped.push(title);
  describe.skip(`${title} (redis-server not found: SKIPPED)`, body);
}

/** A private Redis on a free port, or undefined where the machine has none. */
export async function startRedis({ isPersistent = true, isClusterNode = false }: TestRedisOptions = {}): Promise<
  TestRedis | undefined
> {
  if (!isInstalled) return undefined;
  const folder = await makeTemporaryFolder('redis');
  const port = await findFreePort();
  const flags = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--dir',
    folder,
    '--save',
    '',
    '--appendonly',
    isPersistent ? 'yes' : 'no',
    ...(isClusterNode ? ['--cluster-enabled', 'yes', '--cluster-port', String(await findFreePort())] : []),
  ];
  let server = await startServer(flags, port);
  const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
    if (server.child.exitCode !== null || server.child.signalCode !== null) return;
    const ended = once(server.child, 'exit');
    server.child.kill(signal);
    await ended;
  };
  atTheEnd(stop);
  return {
    url: `redis://127.0.0.1:${port}`,
    get pid() {
      return server.pid;
    },
    async command(...words) {
      const reply = await ask(port, words.join(' '));
      if (reply === undefined || reply.startsWith('-')) throw new Error(`Redis answered ${reply ?? 'nothing'}`);
      return reply;
    },
    async restart({ isEmpty } = { isEmpty: false }) {
      await stop();
      if (isEmpty) await rm(join(folder, 'appendonlydir'), { recursive: true, force: true });
      server = await startServer(flags, port);
    },
    stop,
  };
}

async function startServer(flags: string[], port: number): Promise<{ child: ChildProcess; pid: number }> {
  const child = spawn('redis-server', flags, { stdio: 'ignore' });
  const { pid } = child;
  if (pid === undefined) throw new Error("redis-server can't be run");
  await until(`Redis answers on port ${port}`, () => answers(port));
  return { child, pid };
}

async function answers(port: number): Promise<boolean> {
  return (await ask(port, 'PING')) === '+PONG';
}

/** The reply to one command, or undefined if nobody answers. */
function ask(port: number, command: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${command}\r\n`));
    socket.setTimeout(5_000, () => socket.destroy());
    socket.on('data', (reply) => {
      resolve(reply.toString().trim());
      socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(undefined));
  });
}
