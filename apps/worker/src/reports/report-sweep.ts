import type { Logger } from '@saldo/config';
import { REPORT_QUEUE, type Carrier } from '@saldo/queue';
import { writeRequest } from '@saldo/reports';
import { findIdleReports, orderScheduledReports, type Database } from '@saldo/store';
import { uuidv7 } from 'uuidv7';
import { repeat } from '../repeat.js';
import { cleanFolder } from './report-folder.js';

const SWEEP_MS = 1_000;
const SCHEDULE_MS = 15_000;
const CLEAN_MS = 3_600_000;
const TASKS_MAX = 100;

interface Parts {
  readonly database: Database;
  readonly carrier: Carrier;
  readonly logger: Logger;
  readonly folder: string;
  readonly keepDays: number;
}

/**
 * What has to happen without being asked for: reports whose tasks got lost, or whose writers are gone, are taken up
 * again; the month's reports are ordered when the month is over; files are removed when they were kept long enough.
 */
export function startReportSweep({ database, carrier, logger, folder, keepDays }: Parts): { stop(): void } {
  const onError = (error: unknown): void => void logger.warn('a sweep of the reports failed', { error });
  const announce = (ids: readonly string[]): void => {
    for (const id of ids) carrier.addTask(REPORT_QUEUE, id).catch(onError);
  };
  const takeUp = async (): Promise<void> => announce(await findIdleReports(database, TASKS_MAX));
  const order = async (): Promise<void> => announce(await orderScheduled(database));
  const clean = (): Promise<void> => cleanFolder(database, folder, keepDays);
  // What is seldom done is done at once as well: there may be something left from before.
  for (const task of [order, clean]) task().catch(onError);
  const sweeps = [
    repeat(SWEEP_MS, takeUp, onError),
    repeat(SCHEDULE_MS, order, onError),
    repeat(CLEAN_MS, clean, onError),
  ];
  return {
    stop: () => {
      for (const sweep of sweeps) sweep.stop();
    },
  };
}

function orderScheduled(database: Database): Promise<string[]> {
  return orderScheduledReports(
    database,
    ({ type, format }, period) => writeRequest({ type, period, format }),
    () => uuidv7(),
  );
}
