import { createLogger } from '@saldo/config';
import type { WorkerSettings } from '../worker-settings.js';
import { startReportWorker } from './report-worker.js';

/**
 * The process that makes reports, beside the one that applies operations: whatever it does to its event loop and its
 * memory, the lanes don't feel it. It is told its settings by the process that started it, and ends with it.
 */
process.once('message', (settings: WorkerSettings) => {
  const logger = createLogger('reports', settings.logLevel);
  process.once('uncaughtException', (error) => {
    logger.error('ended by a defect', { error });
    process.exit(1);
  });
  const worker = startReportWorker(settings, logger);
  const stop = (): void => {
    worker.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error('stopping went wrong', { error });
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', stop);
});

// Ctrl-C in a terminal reaches this process too; whoever started it says when to stop.
process.on('SIGINT', () => undefined);
// They are gone, and what they began is another's to finish.
process.once('disconnect', () => process.exit(1));
