import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '@saldo/config';
import { wakeEndpoint, type Carrier } from '@saldo/queue';
import { reportJob } from '@saldo/reports';
import {
  claimReport,
  findClosing,
  finishReport,
  isUnavailable,
  releaseReport,
  renewClaim,
  type ClaimedReport,
  type Database,
  type EndedReport,
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
  readonly snapshots: Database;
  readonly carrier: Carrier;
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

  async #runClaimed(claimed: ClaimedReport): Promise<void> {
    const { database, logger, folder } = this.#parts;
    const startedAt = performance.now();
    const end = await this.#make(claimed);
    if (end === undefined) {
      await releaseReport(database, claimed);
      return;
    }
    const ended = await finishReport(database, claimed, end, reportJob);
    if (ended === undefined) {
      // Cancelled in its last moments, or taken by another: then our file is nobody's.
      if (end.status === 'completed' && end.file.file.startsWith(claimed.id))
        await rm(join(folder, end.file.file), { force: true });
      return;
    }
    const ms = Math.round(performance.now() - startedAt);
    logger.info('report ended', { report_id: claimed.id, status: end.status, ms });
    this.#announce(ended);
  }

  /** Whoever isn't told looks for themselves now and then, so what fails here only costs time. */
  #announce({ report, endpointIds }: EndedReport): void {
    const { carrier, logger } = this.#parts;
    const onError = (error: unknown): void =>
      void logger.debug('the end of a report was not announced', { report_id: report.id, error });
    carrier.bus.publish({ kind: 'reported', reportId: report.id }).catch(onError);
    for (const endpointId of endpointIds) wakeEndpoint(carrier, endpointId).catch(onError);
  }

  /** Undefined: it has to be tried again, by us or by another. */
  async #make(report: ClaimedReport): Promise<ReportEnd | undefined> {
    const { database, snapshots, logger, folder } = this.#parts;
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
      const onProgress = (percent: number): void => void (progress = percent);
      return await makeReport({ database, snapshots, folder, report, signal, onProgress });
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
