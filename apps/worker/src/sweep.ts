import type { Logger } from '@saldo/config';
import type { Carrier, Envelope } from '@saldo/queue';
import { readProgress, type Database } from '@saldo/store';
import { repeat } from './repeat.js';

const SWEEP_MS = 1_000;

/**
 * Wakes lanes that have accepted work and did not move since the last look: their envelopes got lost, with a queue
 * that was wiped or a process that died between accepting and sending. A needless wake costs one look at the cursor.
 */
export function startSweep({ database, carrier, logger }: { database: Database; carrier: Carrier; logger: Logger }): {
  stop(): void;
} {
  const seen = new Map<string, number>();
  /** Lanes whose envelope is not with the queue yet: while that is away, another one would only wait too. */
  const sending = new Set<string>();
  const wake = (lane: number, envelope: Envelope): void => {
    const key = `${lane}/${envelope.priority}`;
    if (sending.has(key)) return;
    sending.add(key);
    carrier
      .sendEnvelope(lane, envelope)
      .catch((error: unknown) => logger.warn('a lane could not be woken', { lane, error }))
      .finally(() => sending.delete(key));
  };
  const sweep = async (): Promise<void> => {
    for (const { lane, priority, accepted, applied } of await readProgress(database)) {
      const key = `${lane}/${priority}`;
      if (accepted > applied && seen.get(key) === applied) {
        logger.info('waking a lane that has not moved', { lane, priority, accepted, applied });
        // Not awaited: a lane whose queue is away must not keep the others waiting.
        wake(lane, { priority, last: accepted });
      }
      if (accepted > applied) seen.set(key, applied);
      else seen.delete(key);
    }
  };
  return repeat(SWEEP_MS, sweep, (error) => logger.warn('a sweep failed', { error }));
}
