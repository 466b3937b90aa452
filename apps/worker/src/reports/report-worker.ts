import type { Logger } from '@saldo/config';
import { connectCarrier, REPORT_QUEUE } from '@saldo/queue';
import { connectDatabase, SERVICE_ROLE } from '@saldo/store';
import type { WorkerSettings } from '../worker-settings.js';
import { ReportRunner } from './report-runner.js';
import { startReportSweep } from './report-sweep.js';

/** A big report must not keep the small ones waiting. */
const CONCURRENCY = 2;

/** Each report has a snapshot open, on a connection of its own, and asks beside it; the sweep asks too. */
const POOL_MAX = CONCURRENCY + 2;

/** Makes reports until it is stopped; then those in hand are put back, for another to make. */
export function startReportWorker(settings: WorkerSettings, logger: Logger): { stop(): Promise<void> } {
  const { databaseUrl, redisUrl, reportsDir: folder, reportsKeepDays: keepDays } = settings;
  const database = connectDatabase(databaseUrl, { poolMax: POOL_MAX, name: 'saldo-reports', isService: true });
  const snapshots = connectDatabase(databaseUrl, {
    poolMax: CONCURRENCY,
    name: 'saldo-report-snapshots',
    isService: true,
    isPatient: true,
  });
  const carrier = connectCarrier({
    redisUrl,
    databaseUrl,
    databaseRole: SERVICE_ROLE,
    workers: 1,
    onError: (error) => logger.warn('the queue reports an error', { error }),
  });
  const runner = new ReportRunner({ database, snapshots, carrier, logger, folder });
  const tasks = carrier.workTasks(REPORT_QUEUE, CONCURRENCY, (id) => runner.run(id));
  const sweep = startReportSweep({ database, carrier, logger, folder, keepDays });
  return {
    stop: async () => {
      sweep.stop();
      runner.stop();
      await tasks.close();
      await carrier.close();
      await Promise.all([database.close(), snapshots.close()]);
    },
  };
}
