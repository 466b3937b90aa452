import type { Logger } from '@saldo/config';
import { REPORT_QUEUE, type Carrier } from '@saldo/queue';
import type { Database, Report } from '@saldo/store';
import { EndedReports } from './ended-reports.js';
import { reportJob, type ReportJobJson } from './report-job.js';
import { ReportLinks } from './report-links.js';

/** What the routes about reports share. */
export class ReportDesk {
  readonly ended: EndedReports;
  readonly links: ReportLinks;
  readonly #carrier: Carrier;
  readonly #logger: Logger;

  constructor({ database, carrier, logger }: { database: Database; carrier: Carrier; logger: Logger }) {
    this.ended = new EndedReports(database, (error) => logger.warn('the reports could not be read', { error }));
    this.links = new ReportLinks(database);
    this.#carrier = carrier;
    this.#logger = logger;
  }

  /** Tells the workers that a report was ordered. Not awaited: should it not arrive, their sweep finds the report. */
  announce(report: Report): void {
    this.#carrier.addTask(REPORT_QUEUE, { id: report.id }).catch((error: unknown) => {
      this.#logger.warn('a report could not be announced', { report_id: report.id, error });
    });
  }

  /** Tells whoever waits that a report has ended without a worker: it was cancelled. */
  announceEnd(report: Report): void {
    this.#carrier.bus.publish({ kind: 'reported', reportId: report.id }).catch((error: unknown) => {
      this.#logger.debug('the end of a report was not announced', { report_id: report.id, error });
    });
  }

  job(report: Report): Promise<ReportJobJson> {
    return reportJob(report, this.links);
  }
}
