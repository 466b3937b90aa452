import type { Database } from '../database.js';
import { statement } from '../statement.js';
import { Transaction } from '../transaction.js';
import { orderReport } from './order-report.js';

/** A report of each month, made when the month is over. */
export interface ReportSchedule {
  /** A UUID of version 7. */
  readonly id: string;
  readonly apiKeyId: number;
  readonly type: 'revenue' | 'operations';
  readonly format: 'csv' | 'xlsx';
  /** The last month that a report was ordered for: `2026-10`. */
  readonly lastMonth: string;
  readonly createdAt: string;
}

export type NewSchedule = Pick<ReportSchedule, 'id' | 'apiKeyId' | 'type' | 'format'>;

interface Row {
  readonly id: string;
  readonly api_key: number;
  readonly type: ReportSchedule['type'];
  readonly format: ReportSchedule['format'];
  readonly last_month: string;
  readonly created_at: string;
}

const create = statement<{ id: string; api_key: number; type: string; format: string }, Row>('reports/create-schedule');
const due = statement<object, Row & { readonly month: string }>('reports/due-schedules');
const move = statement<{ id: string; month: string }, never>('reports/move-schedule');

/** Makes a schedule, from the month that runs now on. The same one again is the same one. */
export async function createSchedule(
  database: Database,
  { id, apiKeyId, type, format }: NewSchedule,
): Promise<ReportSchedule> {
  const [row] = await create(database, { id, api_key: apiKeyId, type, format });
  if (row === undefined) throw new Error('no schedule was made');
  return scheduleOf(row);
}

/** A key's schedules, or everybody's, oldest first, after the one with id `afterId`. */
export async function listSchedules(
  database: Database,
  { apiKeyId, afterId, limit }: { apiKeyId: number | undefined; afterId: string | undefined; limit: number },
): Promise<ReportSchedule[]> {
  const { knex } = database;
  const query = knex('report_schedules').orderBy('id').limit(limit);
  if (apiKeyId !== undefined) void query.where({ api_key: apiKeyId });
  if (afterId !== undefined) void query.where('id', '>', afterId);
  const lastMonth = knex.raw(`to_char(last_month, 'YYYY-MM') as last_month`);
  return (await query.select<Row[]>('id', 'api_key', 'type', 'format', lastMonth, 'created_at')).map(scheduleOf);
}

/** Answers whether there was such a schedule, of this key where one is given. */
export async function deleteSchedule(database: Database, id: string, apiKeyId: number | undefined): Promise<boolean> {
  const query = database.knex('report_schedules').where({ id });
  if (apiKeyId !== undefined) void query.where({ api_key: apiKeyId });
  return (await query.delete()) > 0;
}

/**
 * Orders last month's reports for the schedules that have not had them, each once however many ask. `requestOf` says
 * what is ordered, `newId` gives a UUID of version 7. Answers the reports' ids.
 */
export function orderScheduledReports(
  database: Database,
  requestOf: (schedule: ReportSchedule, month: string) => string,
  newId: () => string,
): Promise<string[]> {
  return Transaction.run(database, async (transaction) => {
    const ordered: string[] = [];
    for (const row of await due(transaction, {})) {
      const request = requestOf(scheduleOf(row), row.month);
      const report = await orderReport(transaction, { id: newId(), apiKeyId: row.api_key, request });
      await move(transaction, { id: row.id, month: `${row.month}-01` });
      ordered.push(report.id);
    }
    await transaction.commitAfter(Promise.resolve());
    return ordered;
  });
}

function scheduleOf(row: Row): ReportSchedule {
  return {
    id: row.id,
    apiKeyId: row.api_key,
    type: row.type,
    format: row.format,
    lastMonth: row.last_month,
    createdAt: row.created_at,
  };
}
