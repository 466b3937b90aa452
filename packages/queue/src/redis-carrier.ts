import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRedisBackend } from 'bullmq';
import { Redis } from 'ioredis';
import { Queues } from './bullmq.js';
import { Carrier, type Bus, type News } from './carrier.js';

const CHANNEL = 'saldo:news';
const CONNECT_MS_MAX = 2_000;

/** BullMQ on Redis; the bus is Redis's pub/sub. While Redis is away, sending waits for it. */
export function connectRedisCarrier(url: string, onError: (error: Error) => void): Carrier {
  const redis = openRedis(url, onError);
  const subscribers: Redis[] = [];
  const bus = redisBus(redis, () => {
    const subscriber = openRedis(url, onError);
    subscribers.push(subscriber);
    return subscriber;
  });
  const queues = new Queues({ connection: redis, factory: createRedisBackend, onError });
  return new Carrier(bus, queues, () => {
    for (const connection of [redis, ...subscribers]) connection.disconnect();
    return Promise.resolve();
  });
}

function openRedis(url: string, onError: (error: Error) => void): Redis {
  const redis = new Redis(url, {
    // BullMQ asks for it: a command waits for Redis to come back rather than fail.
    maxRetriesPerRequest: null,
    retryStrategy: (attempt) => Math.min(attempt * 100, 1_000),
  });
  redis.on('error', onError);
  return redis;
}

function redisBus(publisher: Redis, openSubscriber: () => Redis): Bus {
  return {
    publish: async (news) => {
      // News is worth nothing later: it does not queue up while Redis is away. A first connection is waited for.
      if (publisher.status === 'connecting' || publisher.status === 'connect') await untilReady(publisher);
      if (publisher.status === 'ready') await publisher.publish(CHANNEL, JSON.stringify(news));
    },
    subscribe: async (onNews, onGap) => {
      const subscriber = openSubscriber();
      subscriber.on('message', (_channel, text) => onNews(JSON.parse(text) as News));
      subscriber.on('ready', onGap);
      await subscriber.subscribe(CHANNEL);
    },
  };
}

async function untilReady(redis: Redis): Promise<void> {
  await Promise.race([once(redis, 'ready'), sleep(CONNECT_MS_MAX, undefined, { ref: false })]);
}
