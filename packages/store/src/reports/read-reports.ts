import type { Database } from '../database.js';
import type { JobFilter } from '../list-jobs.js';
import { statement } from '../statement.js';
import { reportOf, type Report, type ReportRow } from './report.js';

/** The reports with these ids (UUIDs), in any order; ids never given out are left out. */
export async function readReports(database: Database, ids: readonly string[]): Promise<Report[]> {
  const rows = await database.knex('reports').whereIn('id', ids).select<ReportRow[]>('*');
  return rows.map(reportOf);
}

/** How the statuses of jobs, as callers see them, are those of reports: a report is never rejected. */
const STATUSES = {
  queued: ['queued', 'running'],
  completed: ['completed'],
  rejected: [],
  failed: ['failed', 'cancelled'],
} as const;

export type ReportFilter = Pick<JobFilter, 'apiKeyId' | 'status' | 'userId' | 'beforeId' | 'limit'>;

/** Reports, newest first, as {@link listJobs} has operations. A user's are the statements of theirs. */
export async function listReports(database: Database, filter: ReportFilter): Promise<Report[]> {
  const query = database.knex('reports').orderBy('id', 'desc').limit(filter.limit);
  if (filter.apiKeyId !== undefined) void query.where('api_key', filter.apiKeyId);
  if (filter.status !== undefined) void query.whereIn('status', STATUSES[filter.status]);
  if (filter.userId !== undefined) void query.whereRaw(`request::json ->> 'user_id' = ?`, [filter.userId]);
  if (filter.beforeId !== undefined) void query.where('id', '<', filter.beforeId);
  return (await query.select<ReportRow[]>('*')).map(reportOf);
}

/** The last completed report that has this file. */
export async function findReportByFile(database: Database, file: string): Promise<Report | undefined> {
  const row = await database
    .knex('reports')
    .where({ file })
    .orderBy('finished_at', 'desc')
    .first<ReportRow | undefined>('*');
  return row && reportOf(row);
}

const findSame = statement<{ request: string; basis: string }, ReportRow>('reports/find-same-report');

/** A report of the same request on the same data, whose file is still kept. */
export async function findSameReport(database: Database, request: string, basis: string): Promise<Report | undefined> {
  const [row] = await findSame(database, { request, basis });
  return row && reportOf(row);
}

const findIdle = statement<{ idle_s: number; limit: number }, { readonly id: string }>('reports/find-idle-reports');

/** Reports that nobody writes although they were ordered, for longer than a task takes to arrive. */
export async function findIdleReports(database: Database, limit: number): Promise<string[]> {
  const rows = await findIdle(database, { idle_s: IDLE_S, limit });
  return rows.map((row) => row.id);
}

const IDLE_S = 2;
