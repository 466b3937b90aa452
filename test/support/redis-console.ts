import { Redis } from 'ioredis';

/** A connection to a Redis, to look at the other ones. */
export class RedisConsole {
  readonly #redis: Redis;

  private constructor(redis: Redis) {
    this.#redis = redis;
  }

  static async connect(url: string): Promise<RedisConsole> {
    const redis = new Redis(url);
    await redis.ping();
    return new RedisConsole(redis);
  }

  async countOtherClients(): Promise<number> {
    const clients = String(await this.#redis.client('LIST'))
      .trim()
      .split('\n');
    return clients.length - 1;
  }

  async killOtherClients(): Promise<void> {
    for (const type of ['normal', 'pubsub']) await this.#redis.call('client', 'kill', 'type', type, 'skipme', 'yes');
  }

  close(): Promise<void> {
    this.#redis.disconnect();
    return Promise.resolve();
  }
}
