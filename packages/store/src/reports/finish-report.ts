import type { Database, Queryable } from '../database.js';
import { writeEvent } from '../outbox.js';
import { statement } from '../statement.js';
import { Transaction } from '../transaction.js';
import type { ClaimedReport } from './claim-report.js';
import type { RevenueLine } from './read-revenue.js';
import { reportOf, type Report, type ReportFile, type ReportRow } from './report.js';

/** How a report ended, as whoever has its claim says. */
export type ReportEnd =
  | {
      readonly status: 'completed';
      readonly file: Omit<ReportFile, 'isRemoved'>;
      /** What the data was. */
      readonly basis: string;
      /** The closing that this is the report of, to be written down with it. */
      readonly closing: ClosingEnd | undefined;
    }
  | { readonly status: 'failed'; readonly code: string; readonly detail: string };

/** What a closing has once its report is written. */
export interface ClosingEnd {
  readonly number: number;
  /** The text that the hash is of. */
  readonly manifest: string;
  readonly hash: string;
  /** `2026-11`. */
  readonly month: string;
  /** What the month brought, with the names that the services have now. */
  readonly lines: readonly RevenueLine[];
}

/** What a report is told as by webhooks: its job. */
export type DescribeReport = (report: Report) => unknown;

const complete = statement<Record<string, unknown>, ReportRow>('reports/complete-report');
const fail = statement<Record<string, unknown>, ReportRow>('reports/fail-report');
const cancel = statement<{ id: string }, ReportRow>('reports/cancel-report');
const finishClosing = statement<Pick<ClosingEnd, 'number' | 'manifest' | 'hash'>, { readonly number: number }>(
  'reports/finish-closing',
);
const insertLines = statement<Record<string, unknown>>('reports/insert-closing-lines');

/** A report that has ended, and the webhook endpoints that are to be woken for it. */
export interface EndedReport {
  readonly report: Report;
  readonly endpointIds: readonly number[];
}

/**
 * Ends a report, in one transaction with all that goes with it: the closing that it is of, and the event that
 * webhooks tell. Undefined: it was no longer ours, and nothing was done.
 */
export function finishReport(
  database: Database,
  claimed: ClaimedReport,
  end: ReportEnd,
  describe: DescribeReport,
): Promise<EndedReport | undefined> {
  return Transaction.run(database, async (transaction) => {
    const [row] = await writeEnd(transaction, claimed, end);
    if (row === undefined) return undefined;
    if (end.status === 'completed' && end.closing !== undefined) await writeClosing(transaction, end.closing);
    return commitEnd(transaction, reportOf(row), describe);
  });
}

/** Cancels a report that is under way. Undefined: it is not, or it is a closing's. */
export function cancelReport(
  database: Database,
  id: string,
  describe: DescribeReport,
): Promise<EndedReport | undefined> {
  return Transaction.run(database, async (transaction) => {
    const [row] = await cancel(transaction, { id });
    if (row === undefined) return undefined;
    return commitEnd(transaction, reportOf(row), describe);
  });
}

/** Writes the event that tells of it, and commits. */
async function commitEnd(transaction: Transaction, report: Report, describe: DescribeReport): Promise<EndedReport> {
  const type = report.status === 'completed' ? 'report.completed' : 'report.failed';
  const written = writeEvent(transaction, { apiKeyId: report.apiKeyId, type, data: describe(report) });
  await transaction.commitAfter(written);
  return { report, endpointIds: await written };
}

function writeEnd(on: Queryable, { id, claim }: ClaimedReport, end: ReportEnd): Promise<ReportRow[]> {
  if (end.status === 'failed') return fail(on, { id, claim, code: end.code, detail: end.detail });
  const { sha256, ...file } = end.file;
  return complete(on, { id, claim, ...file, sha: sha256, basis: end.basis });
}

async function writeClosing(on: Queryable, { number, manifest, hash, month, lines }: ClosingEnd): Promise<void> {
  const closed = await finishClosing(on, { number, manifest, hash });
  if (closed.length === 0) throw new Error(`closing ${number} was finished before`);
  await insertLines(on, {
    month: `${month}-01`,
    service_ids: lines.map((line) => line.serviceId),
    names: lines.map((line) => line.name),
    revenues: lines.map((line) => line.revenueUnits),
  });
}
