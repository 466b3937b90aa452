import type { Logger } from '@saldo/config';
import { REPORT_QUEUE, type Carrier } from '@saldo/queue';
import { reportJob, reportPaths, type ReportJobJson } from '@saldo/reports';
import type { Database, EndedReport, Report } from '@saldo/store';
import { EndedReports } from './ended-reports.js';
import { LinkSigner } from './link-signer.js';

interface DeskParts {
  readonly database: Database;
  readonly carrier: Carrier;
  readonly logger: Logger;
  /** Webhook endpoints that have something to tell. */
  readonly wakeEndpoints: (endpointIds: readonly number[]) => void;
}

/** What the routes about reports share. */
export class ReportDesk {
  readonly ended: EndedReports;
  readonly links: LinkSigner;
  readonly #carrier: Carrier;
  readonly #logger: Logger;
  readonly #wakeEndpoints: (endpointIds: readonly number[]) => void;

  constructor({ database, carrier, logger, wakeEndpoints }: DeskParts) {
    this.ended = new EndedReports(database, (error) => logger.warn('the reports could not be read', { error }));
    this.links = new LinkSigner(database);
    this.#carrier = carrier;
    this.#wakeEndpoints = wakeEndpoints;
    this.#logger = logger;
  }

  /** Tells the workers that a report was ordered. Not awaited: should it not arrive, their sweep finds the report. */
  announce(report: Report): void {
    this.#carrier.addTask(REPORT_QUEUE, report.id).catch((error: unknown) => {
      this.#logger.warn('a report could not be announced', { report_id: report.id, error });
    });
  }

  /** Tells whoever waits, here or behind a webhook, that a report has ended without a worker: it was cancelled. */
  announceEnd({ report, endpointIds }: EndedReport): void {
    this.#wakeEndpoints(endpointIds);
    this.#carrier.bus.publish({ kind: 'reported', reportId: report.id }).catch((error: unknown) => {
      this.#logger.debug('the end of a report was not announced', { report_id: report.id, error });
    });
  }

  /** The report's job, with links that open without a key. */
  async job(report: Report): Promise<ReportJobJson> {
    if (report.file === undefined || report.file.isRemoved) return reportJob(report);
    const paths = reportPaths(report.file);
    const [file, manifest] = await Promise.all([this.links.sign(paths.file), this.links.sign(paths.manifest)]);
    return reportJob(report, { url: file.url, manifest_url: manifest.url, expires_at: file.expiresAt });
  }
}
