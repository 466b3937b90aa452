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
  backlogMax,
  logger,
}: {
  readonly database: Database;
  readonly carrier: Carrier;
  readonly lanes: number;
  /** So many accepted operations may wait to be applied; then more are turned away. */
  readonly backlogMax: number;
  readonly logger: Logger;
}): ConnectedIntake {
  const waker = new Waker(carrier, (error) => logger.warn('an envelope could not be sent; trying again', { error }));
  const watch = new AppliedWatch({
    readProgress: () => readProgress(database),
    onMove: (move) => waker.applied(move),
    onError: (error) => logger.warn('the cursors could not be read', { error }),
  });
  const intake = new Intake<NewJob, AcceptedJob>({
    accept: (submissions) => acceptOperations(database, lanes, submissions),
    wake: (accepted) => {
      watch.accepted(accepted);
      waker.wake(accepted);
    },
    flushMax: FLUSH_MAX,
    waitingMax: WAITING_MAX,
    backlog: () => watch.backlog,
    backlogMax,
  });
  return { intake, watch, waker };
}
