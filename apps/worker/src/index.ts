import type { Logger, Settings } from '@saldo/config';
import { connectCarrier } from '@saldo/queue';
import { AccountIds, connectDatabase, SERVICE_ROLE } from '@saldo/store';
import { workLane } from './ledger-lane.js';
import { startSweep } from './sweep.js';

/** Connections beside the one that each lane's transaction holds: for making accounts, and for the sweep. */
const SPARE_CONNECTIONS = 3;

/**
 * Works off every lane until it is stopped. Any number of processes may do so at once. Stopping takes no further
 * envelope and resolves when those in hand are finished.
 */
export function startWorker(
  settings: Settings & { readonly databaseUrl: string },
  logger: Logger,
): Promise<{ stop(): Promise<void> }> {
  const { databaseUrl, redisUrl, lanes } = settings;
  const database = connectDatabase(databaseUrl, {
    poolMax: lanes + SPARE_CONNECTIONS,
    name: 'saldo-worker',
    isService: true,
  });
  const carrier = connectCarrier({
    redisUrl,
    databaseUrl,
    databaseRole: SERVICE_ROLE,
    workers: lanes,
    onError: (error) => logger.warn('the queue reports an error', { error }),
  });
  const accountIds = new AccountIds();
  const workers = Array.from({ length: lanes }, (_, lane) => workLane(lane, { carrier, database, accountIds, logger }));
  const sweep = startSweep({ database, carrier, logger });
  logger.info('worker started', { lanes, queue: redisUrl === undefined ? 'postgres' : 'redis' });
  return Promise.resolve({
    stop: async () => {
      sweep.stop();
      await Promise.all(workers.map((worker) => worker.close()));
      await carrier.close();
      await database.close();
      logger.info('worker stopped');
    },
  });
}
