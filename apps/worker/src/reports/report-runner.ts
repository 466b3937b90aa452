import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '@saldo/config';
import type { Bus } from '@saldo/queue';
import {
  claimReport,
  findClosing,
  finishReport,
  isUnavailable,
  releaseReport,
  renewClaim,
  type ClaimedReport,
  type Database,
  type ReportEnd,
} from '@saldo/store';
import { makeReport, NotYetError } from './make-report.js';

/** Well within the time after which another may take the report. */
const RENEW_MS = 1_500;

/** A report that couldn't be made so often never will. */
const ATTEMPTS_MAX = 5;

const FAILURE = {
  status: 'failed',
  code: 'report_failed',
  detail: 'The report could not be made for a reason on our side. Quote the id of the job when you ask.',
} as const;

interface Parts {
  readonly database: Database;
  readonly bus: Bus;
  readonly logger: Logger;
  readonly folder: string;
}

/** Makes reports, one task at a time each. Any number of processes may do so. */
export class ReportRunner {
  readonly #parts: Parts;
  readonly #stop = new AbortController();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Those that are being made are put back for another. */
  stop(): void {
    this.#stop.abort();
  }

  /** Makes the report with this id, unless another does or it has ended. Never throws. */
  async run(id: string): Promise<void> {
    const { database, logger } = this.#parts;
    try {
      const report = this.#stop.signal.aborted ? undefined : await claimReport(database, id);
      if (report !== undefined) await this.#runClaimed(report);
    } catch (error) {
      // Postgres is away: the claim runs out, and the sweep finds the report.
      logger.warn('a report could not be taken up', { report_id: id, error });
    }
  }

  async #runClaimed(report: ClaimedReport): Promise<void> {
    const { database, bus, logger, folder } = this.#parts;
    const startedAt = performance.now();
    const end = await this.#make(report);
    if (end === undefined) {
      await releaseReport(database, report);
      return;
    }
    if (!(await finishReport(database, report, end))) {
      // Cancelled in its last moments, or taken by another: then our file is nobody's.
      if (end.status === 'completed' && end.file.file.startsWith(report.id))
        await rm(join(folder, end.file.file), { force: true });
      return;
    }
    logger.info('report ended', {
      report_id: report.id,
      status: end.status,
      ms: Math.round(performance.now() - startedAt),
    });
    await bus.publish({ kind: 'reported', reportId: report.id }).catch((error: unknown) => {
      // Whoever waits looks at the report now and then, so this only costs time.
      logger.debug('the end of a report was not announced', { report_id: report.id, error });
    });
  }

  /** Undefined: it has to be tried again, by us or by another. */
  async #make(report: ClaimedReport): Promise<ReportEnd | undefined> {
    const { database, logger, folder } = this.#parts;
    const lost = new AbortController();
    const signal = AbortSignal.any([lost.signal, this.#stop.signal]);
    let progress = 0;
    const timer = setInterval(() => {
      renewClaim(database, report, progress).then(
        (isOurs) => isOurs || lost.abort(),
        (error: unknown) => logger.warn('the claim on a report could not be renewed', { report_id: report.id, error }),
      );
    }, RENEW_MS);
    try {
      if (report.attempts > ATTEMPTS_MAX && (await findClosing(database, report.id)) === undefined) return FAILURE;
      return await makeReport({ database, folder, report, signal, onProgress: (percent) => (progress = percent) });
    } catch (error) {
      if (signal.aborted || error instanceof NotYetError) return undefined;
      const level = isUnavailable(error) ? 'warn' : 'error';
      logger.log(level, 'a report could not be made; trying again', { report_id: report.id, error });
      return undefined;
    } finally {
      clearInterval(timer);
    }
  }
}
