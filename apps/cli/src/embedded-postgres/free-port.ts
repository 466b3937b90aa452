import { once } from 'node:events';
import { createServer } from 'node:net';
import { hasCode } from '../has-code.js';

/**
 * Linux gives outgoing connections ports from 32768 up, others from higher: one below is hardly ever taken before it is
 * used.
 */
const PORT_MIN = 20_000;
const PORT_MAX = 32_767;
const TRIES_MAX = 100;

/** A port on 127.0.0.1 that nobody listens on now. Rejects if none is found. */
export async function findFreePort(): Promise<number> {
  for (let tries = 1; tries <= TRIES_MAX; tries += 1) {
    const port = PORT_MIN + Math.floor(Math.random() * (PORT_MAX - PORT_MIN + 1));
    if (await isFree(port)) return port;
  }
  throw new Error(`none of ${TRIES_MAX} ports from ${PORT_MIN} to ${PORT_MAX} is free`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    if (hasCode(error, 'EADDRINUSE')) return false;
    throw error;
  }
  server.close();
  await once(server, 'close');
  return true;
}
