import { Cluster, Redis } from 'ioredis';

/** A connection to one Redis, or connections to all nodes of a cluster: the same to whoever uses it. */
export type RedisClient = Redis | Cluster;

const CONNECT_MS_MAX = 5_000;
/** Far more than any command of the queue takes, so that only a line on which answers get lost is given up. */
const SILENCE_MS_MAX = 10_000;
const KEEP_ALIVE_MS = 5_000;
const RETRY_MS_MAX = 1_000;

/**
 * The servers that a REDIS_URL names: one, as in `redis://user:password@host:6379/0`, or some nodes of a Redis Cluster,
 * as in `redis://user:password@a:6379,b:6379,c:6379`. The other nodes are learned from them.
 */
export function redisNodes(redisUrl: string): URL[] {
  const [, start = '', hosts = '', end = ''] = /^([a-z]+:\/\/(?:[^@/]*@)?)([^/?#]*)(.*)$/.exec(redisUrl) ?? [];
  return hosts.split(',').map((host) => new URL(`${start}${host}${end}`));
}

/** Connects in the background, and again whenever the connection is lost. A command waits for Redis to be there. */
export function openRedis(redisUrl: string, onError: (error: Error) => void): RedisClient {
  const nodes = redisNodes(redisUrl);
  const [first] = nodes;
  if (first === undefined) throw new Error('there is no Redis to connect to');
  const options = {
    // BullMQ asks for it: a command waits for Redis to come back rather than fail.
    maxRetriesPerRequest: null,
    connectTimeout: CONNECT_MS_MAX,
    socketTimeout: SILENCE_MS_MAX,
    keepAlive: KEEP_ALIVE_MS,
  };
  const retryStrategy = (attempt: number): number => Math.min(attempt * 100, RETRY_MS_MAX);
  const redis =
    nodes.length === 1
      ? new Redis(first.href, { ...options, retryStrategy })
      : new Cluster(nodes.map(addressOf), {
          clusterRetryStrategy: retryStrategy,
          redisOptions: { ...options, ...credentialsOf(first) },
          // A certificate is for the name of a node, not for its address.
          dnsLookup: (address, callback) => callback(null, address),
        });
  redis.on('error', onError);
  return redis;
}

const PORT = 6379;

function addressOf({ hostname, port }: URL): { host: string; port: number } {
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || PORT) };
}

function credentialsOf({ protocol, username, password }: URL): { username?: string; password?: string; tls?: object } {
  return {
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    ...(protocol === 'rediss:' ? { tls: {} } : {}),
  };
}
