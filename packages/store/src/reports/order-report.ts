import type { Queryable } from '../database.js';
import { statement } from '../statement.js';
import { reportOf, type Report, type ReportRow } from './report.js';

/** A report that is asked for. */
export interface NewReport {
  /** A UUID of version 7: its time orders lists. */
  readonly id: string;
  readonly apiKeyId: number;
  /** JSON. Two requests are the same when their texts are equal. */
  readonly request: string;
}

const createReport = statement<{ id: string; api_key: number; request: string }, ReportRow>('reports/create-report');

/** Orders a report durably. If an equal one is under way that one is answered, and nothing is ordered. */
export async function orderReport(on: Queryable, { id, apiKeyId, request }: NewReport): Promise<Report> {
  const [row] = await createReport(on, { id, api_key: apiKeyId, request });
  if (row === undefined) throw new Error('no report was ordered');
  return reportOf(row);
}
