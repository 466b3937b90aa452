import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@saldo/config';
import { backoff } from './backoff.js';
import type { EmbeddedPostgres } from './embedded-postgres/index.js';

/**
 * Starts Postgres again whenever it ends before the signal says that it should. It gets the same port, so that the
 * gateway and the worker, who wait for it, find it again.
 */
export async function keepPostgresRunning(
  postgres: EmbeddedPostgres,
  logger: Logger,
  signal: AbortSignal,
): Promise<void> {
  const nextPauseMs = backoff();
  for (;;) {
    await postgres.ended;
    if (signal.aborted) return;
    const pauseMs = nextPauseMs();
    logger.error('postgres ended and is started again', { pauseMs });
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    await postgres.restart().then(
      () => logger.info('postgres is up again'),
      (error: unknown) => logger.error('postgres could not be started', { error }),
    );
  }
}
