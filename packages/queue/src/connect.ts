import type { Carrier } from './carrier.js';
import { connectPostgresCarrier } from './postgres-carrier.js';
import { connectRedisCarrier } from './redis-carrier.js';

export interface CarrierOptions {
  /** Undefined: everything runs on Postgres. */
  readonly redisUrl: string | undefined;
  readonly databaseUrl: string;
  /** How many queues this process takes jobs off. */
  readonly workers: number;
  /** Hears of lost connections, which mend themselves. */
  readonly onError: (error: Error) => void;
}

/** BullMQ and the bus, on Redis where there is one, else on Postgres. Connects in the background. */
export function connectCarrier({ redisUrl, databaseUrl, workers, onError }: CarrierOptions): Carrier {
  return redisUrl === undefined
    ? connectPostgresCarrier(databaseUrl, workers, onError)
    : connectRedisCarrier(redisUrl, onError);
}
