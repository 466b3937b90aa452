import type { Database } from '../database.js';
import { statement } from '../statement.js';
import { Transaction } from '../transaction.js';
import { readReports } from './read-reports.js';
import type { Report } from './report.js';
import type { NewReport } from './order-report.js';

/** A month that is fixed. */
export interface Closing {
  readonly number: number;
  /** `2026-11`. */
  readonly month: string;
  /** The first moment after it. */
  readonly endsAt: string;
  readonly closedAt: string;
  readonly reportId: string;
  /** Undefined until its report is written. */
  readonly hash: string | undefined;
}

/** What became of asking for a month to be closed. */
export type CloseAnswer =
  | { readonly kind: 'closed'; readonly report: Report }
  /** It has not ended, or something that was begun before its end is not finished. */
  | { readonly kind: 'not_ended' }
  | { readonly kind: 'later_month_closed'; readonly month: string }
  | { readonly kind: 'earlier_month_open'; readonly month: string };

interface Row {
  readonly number: number;
  readonly month: string;
  readonly ends_at: string;
  readonly closed_at: string;
  readonly report: string;
  readonly hash: string | null;
}

interface State {
  readonly has_ended: boolean;
  readonly ends_at: string;
  readonly closed_report: string | null;
  readonly last_month: string | null;
  readonly open_month: string | null;
}

const lockLanes = statement<object, { readonly lane: number }>('reports/lock-lanes');
const readState = statement<{ month: string }, State>('reports/closing-state');
const insertClosing = statement<Record<string, unknown>>('reports/close-month');

/**
 * Closes a month, and orders its report. For a moment nothing is applied: whatever was under way has been written, with
 * a time of before the end or after it, and whatever comes is after it. So what the month holds is fixed from then on.
 */
export async function closeMonth(database: Database, month: string, order: NewReport): Promise<CloseAnswer> {
  const answer = await Transaction.run(database, async (transaction) => {
    await lockLanes(transaction, {});
    const [state] = await readState(transaction, { month: `${month}-01` });
    if (state === undefined) throw new Error('the state of the closings could not be read');
    const found = refusal(state);
    const written =
      found === undefined
        ? insertClosing(transaction, {
            report: order.id,
            api_key: order.apiKeyId,
            request: order.request,
            month: `${month}-01`,
            ends_at: state.ends_at,
          })
        : Promise.resolve();
    // All lanes wait until this is done.
    await transaction.commitAfter(written);
    return found ?? { kind: 'ordered' as const, reportId: order.id };
  });
  if (answer.kind !== 'ordered') return answer;
  const [report] = await readReports(database, [answer.reportId]);
  if (report === undefined) throw new Error(`the closing of ${month} has no report`);
  return { kind: 'closed', report };
}

type Found = Exclude<CloseAnswer, { kind: 'closed' }> | { readonly kind: 'ordered'; readonly reportId: string };

function refusal(state: State): Found | undefined {
  if (state.closed_report !== null) return { kind: 'ordered', reportId: state.closed_report };
  if (!state.has_ended) return { kind: 'not_ended' };
  if (state.last_month !== null) return { kind: 'later_month_closed', month: state.last_month };
  if (state.open_month !== null) return { kind: 'earlier_month_open', month: state.open_month };
  return undefined;
}

/** The closed months, the last one first, before the one of `beforeNumber`. */
export async function listClosings(
  database: Database,
  { beforeNumber, limit }: { beforeNumber: number | undefined; limit: number },
): Promise<Closing[]> {
  const query = selectClosings(database).orderBy('number', 'desc').limit(limit);
  if (beforeNumber !== undefined) void query.where('number', '<', beforeNumber);
  return (await query).map(closingOf);
}

/** The closing that a report is of. */
export async function findClosing(database: Database, reportId: string): Promise<Closing | undefined> {
  const [row] = await selectClosings(database).where({ report: reportId });
  return row && closingOf(row);
}

/** The hash of the closing before this one: null for the first; undefined while its report is not written. */
export async function readPreviousHash(database: Database, number: number): Promise<string | null | undefined> {
  if (number === 1) return null;
  const [row] = await selectClosings(database).where({ number: number - 1 });
  return row?.hash ?? undefined;
}

function selectClosings({ knex }: Database) {
  return knex('closings').select<Row[]>(
    'number',
    knex.raw(`to_char(month, 'YYYY-MM') as month`),
    'ends_at',
    'closed_at',
    'report',
    'hash',
  );
}

function closingOf({ number, month, ends_at, closed_at, report, hash }: Row): Closing {
  return { number, month, endsAt: ends_at, closedAt: closed_at, reportId: report, hash: hash ?? undefined };
}
