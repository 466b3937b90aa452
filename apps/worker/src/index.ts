import type { Logger } from '@saldo/config';
import { connectCarrier } from '@saldo/queue';
import { AccountIds, cleanWebhooks, connectDatabase, recordEvents, SERVICE_ROLE } from '@saldo/store';
import { SecretBox } from '@saldo/webhooks';
import { workLane } from './ledger-lane.js';
import { repeat } from './repeat.js';
import { superviseReportProcess } from './reports/supervise-report-process.js';
import { startSweep } from './sweep.js';
import { Deliveries } from './webhooks/deliveries.js';
import type { WorkerSettings } from './worker-settings.js';

/** Connections beside the one that each lane's transaction holds: for making accounts, and for the sweep. */
const SPARE_CONNECTIONS = 3;
/** Webhooks have connections of their own, so that no lane ever waits for one that they use. */
const WEBHOOK_CONNECTIONS = 4;
/** Events are numbered when somebody reads the feed, and else so often: the order of lanes follows time this closely. */
const RECORD_MS = 5_000;
const CLEAN_MS = 3_600_000;
/** What became of webhooks is kept for 30 days. */
const DELIVERIES_KEPT_MS = 30 * 24 * 3_600_000;

/**
 * Works off every lane, delivers webhooks and has reports made, until it is stopped. Any number of processes may do so
 * at once. Stopping takes no further envelope and resolves when those in hand are finished.
 */
export function startWorker(settings: WorkerSettings, logger: Logger): Promise<{ stop(): Promise<void> }> {
  const { databaseUrl, redisUrl, lanes, secretKey } = settings;
  const database = connectDatabase(databaseUrl, {
    poolMax: lanes + SPARE_CONNECTIONS,
    name: 'saldo-worker',
    isService: true,
  });
  const carrier = connectCarrier({
    redisUrl,
    databaseUrl,
    databaseRole: SERVICE_ROLE,
    workers: lanes + 1,
    onError: (error) => logger.warn('the queue reports an error', { error }),
  });
  const webhookDatabase = connectDatabase(databaseUrl, {
    poolMax: WEBHOOK_CONNECTIONS,
    name: 'saldo-webhooks',
    isService: true,
  });
  const deliveries = Deliveries.start({
    carrier,
    database: webhookDatabase,
    secretBox: secretKey && new SecretBox(secretKey),
    allowPrivate: settings.allowPrivateWebhooks,
    logger,
  });
  const lane = { carrier, database, accountIds: new AccountIds(), onOutbox: deliveries.wake, logger };
  const workers = Array.from({ length: lanes }, (_, index) => workLane(index, lane));
  const warn = (error: unknown): void => void logger.warn('housekeeping failed', { error });
  const repeated = [
    startSweep({ database, carrier, logger }),
    repeat(RECORD_MS, async () => void (await recordEvents(webhookDatabase)), warn),
    repeat(CLEAN_MS, () => cleanWebhooks(webhookDatabase, DELIVERIES_KEPT_MS), warn),
  ];
  const reports = superviseReportProcess(settings, logger);
  logger.info('worker started', { lanes, queue: redisUrl === undefined ? 'postgres' : 'redis' });
  return Promise.resolve({
    stop: async () => {
      for (const one of repeated) one.stop();
      await Promise.all([...workers.map((worker) => worker.close()), deliveries.stop(), reports.stop()]);
      await carrier.close();
      await Promise.all([database.close(), webhookDatabase.close()]);
      logger.info('worker stopped');
    },
  });
}
