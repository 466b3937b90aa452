import { createRedisBackend } from 'bullmq';
import { Redis } from 'ioredis';
import { addEnvelope, openLaneQueue, openLaneWorker, type LaneQueue } from './bullmq-lane.js';
import type { Bus, Carrier, News } from './carrier.js';

const CHANNEL = 'saldo:news';

/** BullMQ on Redis; the bus is Redis's pub/sub. While Redis is away, sending waits for it. */
export function connectRedisCarrier(url: string, onError: (error: Error) => void): Carrier {
  const redis = openRedis(url, onError);
  const backend = { connection: redis, factory: createRedisBackend };
  const queues = new Map<number, LaneQueue<typeof redis>>();
  const subscribers: Redis[] = [];
  return {
    bus: redisBus(redis, () => {
      const subscriber = openRedis(url, onError);
      subscribers.push(subscriber);
      return subscriber;
    }),
    send: async (lane, envelope) => {
      const queue = queues.get(lane) ?? openLaneQueue(lane, backend, onError);
      queues.set(lane, queue);
      await addEnvelope(queue, envelope);
    },
    work: (lane, process) => openLaneWorker(lane, backend, process, onError),
    close: async () => {
      await Promise.allSettled([...queues.values()].map((queue) => queue.close()));
      for (const connection of [redis, ...subscribers]) connection.disconnect();
    },
  };
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
      // News is worth nothing later: it does not queue up while Redis is away.
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
