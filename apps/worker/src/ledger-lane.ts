import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@saldo/config';
import type { Carrier, Envelope, QueueWorker } from '@saldo/queue';
import { isUnavailable, LaneApplier, type AccountIds, type Database, type LaneMove } from '@saldo/store';

/** So many operations are applied in one transaction at most: what a higher priority may have to wait for. */
const BATCH_MAX = 1_000;
const RETRY_MS_MIN = 50;
const RETRY_MS_MAX = 2_000;
/** Telling takes much less, unless the bus is away. */
const TELLING_MS_MAX = 100;

interface LaneParts {
  readonly carrier: Carrier;
  readonly database: Database;
  readonly accountIds: AccountIds;
  /** Called when webhook endpoints have outcomes to hear of. */
  readonly onOutbox: (endpointIds: readonly number[]) => void;
  readonly logger: Logger;
}

/**
 * Works off one lane. An envelope only says that there is work: what is applied is whatever Postgres has behind the
 * lane's cursors, in order, until this process has seen the envelope's position applied, or nothing is left. So an
 * envelope that comes twice finds nothing to do, and one that comes after lost ones brings their operations along.
 */
export function workLane(lane: number, { carrier, database, accountIds, onOutbox, logger }: LaneParts): QueueWorker {
  const applier = new LaneApplier(database, lane, accountIds, onOutbox);
  const stop = new AbortController();
  /** How far this process has seen the lane's cursors. */
  const applied = { high: 0, normal: 0, low: 0 };

  const workOff = async ({ priority, last }: Envelope): Promise<void> => {
    let telling: Promise<unknown> = Promise.resolve();
    while (applied[priority] < last) {
      const moves = await applyNext();
      // Another process applied it.
      if (moves.length === 0) break;
      for (const move of moves) applied[move.priority] = move.applied;
      telling = Promise.all(moves.map(announce));
      // The envelope in hand is finished; a lane that is not is woken again.
      if (stop.signal.aborted) break;
    }
    // What the queue does once an envelope is finished can wait; whoever hears the news may have somebody waiting.
    await Promise.race([telling, sleep(TELLING_MS_MAX, undefined, { ref: false })]);
  };

  /** Applies a batch. While that can't be done, the lane waits here, so that its order stays. */
  const applyNext = async (): Promise<LaneMove[]> => {
    for (let retryMs = RETRY_MS_MIN; ; retryMs = Math.min(retryMs * 2, RETRY_MS_MAX)) {
      try {
        return await applier.applyNext(BATCH_MAX);
      } catch (error) {
        if (stop.signal.aborted) throw error;
        logger.log(isUnavailable(error) ? 'warn' : 'error', 'a batch could not be applied; trying again', {
          lane,
          error,
        });
        await sleep(retryMs, undefined, { signal: stop.signal }).catch(() => undefined);
      }
    }
  };

  const announce = ({ priority, applied: last, ended }: LaneMove): Promise<void> =>
    carrier.bus.publish({ kind: 'applied', lane, priority, last, ended }).catch((error: unknown) => {
      // Whoever waits reads the cursors now and then, so this only costs time.
      logger.debug('an outcome was not announced', { lane, error });
    });

  const worker = carrier.workLane(lane, workOff);
  return {
    close: () => {
      stop.abort();
      return worker.close();
    },
  };
}
