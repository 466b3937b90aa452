import type { Logger } from '@saldo/config';
import { AppliedWatch, Intake, Waker, type Carrier } from '@saldo/queue';
import { acceptOperations, readProgress, type AcceptedJob, type Database, type NewJob } from '@saldo/store';
import type { OperationIntake } from './submit.js';

const FLUSH_MAX = 2_000;
const WAITING_MAX = 50_000;

interface ConnectedIntake {
  readonly intake: OperationIntake;
  readonly watch: AppliedWatch;
  readonly waker: Waker;
}

/** Hands the store's acceptance to the queue's intake, and tells the lanes of what was accepted. */
export function connectIntake({
  database,
  carrier,
  lanes,
  logger,
}: {
  readonly database: Database;
  readonly carrier: Carrier;
  readonly lanes: number;
  readonly logger: Logger;
}): ConnectedIntake {
  const waker = new Waker(carrier, (error) => logger.warn('an envelope could not be sent; trying again', { error }));
  const intake = new Intake<NewJob, AcceptedJob>({
    accept: (submissions) => acceptOperations(database, lanes, submissions),
    wake: (accepted) => waker.wake(accepted),
    flushMax: FLUSH_MAX,
    waitingMax: WAITING_MAX,
  });
  const watch = new AppliedWatch({
    readCursors: async () =>
      (await readProgress(database)).map(({ lane, priority, applied }) => ({ lane, priority, last: applied })),
    onMove: (move) => waker.applied(move),
    onError: (error) => logger.warn('the cursors could not be read', { error }),
  });
  return { intake, watch, waker };
}
