import type { Logger } from '@saldo/config';
import type { Carrier, Envelope, QueueWorker } from '@saldo/queue';
import { isUnavailable, LaneApplier, type AccountIds, type Database } from '@saldo/store';

/** So many operations are applied in one transaction at most: what a higher priority may have to wait for. */
const BATCH_MAX = 1_000;
const RETRY_MS_MIN = 50;
const RETRY_MS_MAX = 2_000;

interface LaneParts {
  readonly carrier: Carrier;
  readonly database: Database;
  readonly accountIds: AccountIds;
  readonly logger: Logger;
}

/**
 * Works off one lane. An envelope says how far the lane was accepted; what is applied is whatever Postgres has behind
 * the lane's cursor, in order. So an envelope that comes twice finds nothing to do, and one that comes after lost ones
 * brings their operations along.
 */
export function workLane(lane: number, { carrier, database, accountIds, logger }: LaneParts): QueueWorker {
  const applier = new LaneApplier(database, lane, accountIds);
  const stop = new AbortController();
  /** How far this process has seen the lane's cursors. */
  const applied = { high: 0, normal: 0, low: 0 };

  const process = async ({ priority, last }: Envelope): Promise<void> => {
    for (let retryMs = RETRY_MS_MIN; applied[priority] < last; ) {
      try {
        const before = applied[priority];
        applied[priority] = await applier.applyNext(priority, BATCH_MAX);
        if (applied[priority] === before) {
          // Postgres knows nothing of this position: it was restored to an earlier state than the queue.
          logger.warn('an envelope names a position that was never accepted', { lane, priority, last });
          return;
        }
        retryMs = RETRY_MS_MIN;
        announce(applied[priority], priority);
      } catch (error) {
        // Nothing was applied. The lane waits here, so that its order stays, until it can be; or another worker's
        // sweep takes it up, where this one has to stop.
        if (stop.signal.aborted) throw error;
        logger.log(isUnavailable(error) ? 'warn' : 'error', 'a batch could not be applied; trying again', { lane, priority, error });
        await sleep(retryMs, stop.signal);
        retryMs = Math.min(retryMs * 2, RETRY_MS_MAX);
      }
    }
  };

  const announce = (last: number, priority: Envelope['priority']): void => {
    carrier.bus.publish({ kind: 'applied', lane, priority, last }).catch((error: unknown) => {
      // Whoever waits reads the cursors now and then, so this only costs time.
      logger.debug('an outcome was not announced', { lane, error });
    });
  };

  const worker = carrier.workLane(lane, process);
  return {
    close: () => {
      stop.abort();
      return worker.close();
    },
  };
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    }, { once: true });
  });
}
