import type { Database, Queryable } from '../database.js';
import { statement } from '../statement.js';
import { Transaction } from '../transaction.js';
import type { ClaimedReport } from './claim-report.js';
import type { RevenueLine } from './read-revenue.js';
import type { ReportFile } from './report.js';

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

const complete = statement<Record<string, unknown>, { readonly id: string }>('reports/complete-report');
const fail = statement<Record<string, unknown>, { readonly id: string }>('reports/fail-report');
const finishClosing = statement<Pick<ClosingEnd, 'number' | 'manifest' | 'hash'>, { readonly number: number }>(
  'reports/finish-closing',
);
const insertLines = statement<Record<string, unknown>>('reports/insert-closing-lines');

/**
 * Ends a report, in one transaction with all that goes with it. False: it was no longer ours, and nothing was done.
 * The events that webhooks tell of, `report.completed` and `report.failed`, are to be written here, before the commit.
 */
export function finishReport(database: Database, report: ClaimedReport, end: ReportEnd): Promise<boolean> {
  return Transaction.run(database, async (transaction) => {
    const ended = await writeEnd(transaction, report, end);
    if (ended.length === 0) return false;
    if (end.status === 'completed' && end.closing !== undefined) {
      await writeClosing(transaction, end.closing);
    }
    await transaction.commitAfter(Promise.resolve());
    return true;
  });
}

function writeEnd(on: Queryable, { id, claim }: ClaimedReport, end: ReportEnd): Promise<{ readonly id: string }[]> {
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
