import type { Carrier } from './carrier.js';
import { connectPostgresCarrier } from './postgres-carrier.js';
import { connectRedisCarrier } from './redis-carrier.js';

export interface CarrierOptions {
  /** Undefined: everything runs on Postgres. */
  readonly redisUrl: string | undefined;
  readonly databaseUrl: string;
  /** The role that sessions of that database take on, where it is theirs to take. */
  readonly databaseRole?: string;
  /** How many queues this process takes jobs off. */
  readonly workers: number;
  /** Hears of lost connections, which mend themselves. */
  readonly onError: (error: Error) => void;
}

/** BullMQ and the bus, on Redis where there is one, else on Postgres. Connects in the background. */
export function connectCarrier(options: CarrierOptions): Carrier {
  const { redisUrl, databaseUrl, databaseRole, workers, onError } = options;
  return redisUrl === undefined
    ? connectPostgresCarrier({ url: databaseUrl, role: databaseRole, onError }, workers)
    : connectRedisCarrier(redisUrl, onError);
}
