import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRedisBackend } from 'bullmq';
import { Redis } from 'ioredis';
import { Queues } from './bullmq.js';
import type { Bus, News } from './bus.js';
import { Carrier } from './carrier.js';
import { openRedis, type RedisClient } from './redis-servers.js';

const CONNECT_MS_MAX = 2_000;

/** BullMQ on Redis; the bus is Redis's pub/sub. While Redis is away, sending waits for it. */
export function connectRedisCarrier(url: string, onError: (error: Error) => void): Carrier {
  const redis = openRedis(url, onError);
  const subscribers: RedisClient[] = [];
  const bus = redisBus(redis, onError, () => {
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

function redisBus(publisher: RedisClient, onError: (error: Error) => void, openSubscriber: () => RedisClient): Bus {
  const channel = channelOf(publisher);
  return {
    publish: async (news) => {
      // News is worth nothing later: it does not queue up while Redis is away. A first connection is waited for.
      if (publisher.status === 'connecting' || publisher.status === 'connect') await untilReady(publisher);
      if (publisher.status === 'ready') await publisher.publish(channel, JSON.stringify(news));
    },
    subscribe: async (onNews, onGap) => {
      const subscriber = openSubscriber();
      subscriber.on('message', (_channel: string, text: string) => onNews(JSON.parse(text) as News));
      subscriber.on('ready', onGap);
      // While Redis is away nobody waits for it: what matters is in Postgres.
      const subscribed = subscriber.subscribe(channel).then(() => undefined, onError);
      await Promise.race([subscribed, sleep(CONNECT_MS_MAX, undefined, { ref: false })]);
    },
  };
}

/** Channels are shared by all numbered databases of a Redis; what else is of one Saldo stays within its own. */
function channelOf(redis: RedisClient): string {
  return `saldo:news:${redis instanceof Redis ? redis.options.db : 0}`;
}

async function untilReady(redis: RedisClient): Promise<void> {
  await Promise.race([once(redis, 'ready'), sleep(CONNECT_MS_MAX, undefined, { ref: false })]);
}
