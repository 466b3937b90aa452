import { connect } from 'node:net';
import { redisNodes } from '@saldo/queue';
import { CommandError } from './failures.js';

const REDIS_PORT = 6379;
const TIMEOUT_MS = 5_000;

/**
 * Throws, naming REDIS_URL, if nobody listens there. The queue would wait for it for ever, which is right for a Redis
 * that goes away, but hides a mistake in the setting from whoever has just made it.
 */
export async function requireRedis(redisUrl: string): Promise<void> {
  const [first, ...others] = redisNodes(redisUrl);
  if (first === undefined) throw new CommandError('REDIS_URL names no server');
  // Of a cluster, one node is enough to begin with. Where none is there, the first is named.
  await requireNode(first).catch((error: unknown) =>
    Promise.any(others.map(requireNode)).catch(() => {
      throw error;
    }),
  );
}

function requireNode({ hostname, port }: URL): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (why: string): void =>
      reject(new CommandError(`REDIS_URL takes a server that can be reached: ${why}`));
    const socket = connect({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port || REDIS_PORT),
      timeout: TIMEOUT_MS,
    });
    socket.on('connect', () => resolve());
    socket.on('error', (error) => fail(error instanceof AggregateError ? String(error.errors[0]) : error.message));
    socket.on('timeout', () => fail(`no answer from ${hostname} in ${TIMEOUT_MS / 1000} s`));
    for (const event of ['connect', 'timeout'] as const) socket.on(event, () => socket.destroy());
  });
}
