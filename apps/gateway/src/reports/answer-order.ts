import { readReports, type Database, type Report } from '@saldo/store';
import type { Response } from 'express';
import type { ReportDesk } from './report-desk.js';

const MS_PER_S = 1_000;

/** Answers a report that was ordered: 202, or 200 if the caller is ready to wait and it ends in that time. */
export async function answerOrder(
  database: Database,
  desk: ReportDesk,
  ordered: Report,
  waitS: number | undefined,
  response: Response,
): Promise<void> {
  let report = ordered;
  if (report.finishedAt === null && waitS !== undefined && (await desk.ended.wait(report.id, waitS * MS_PER_S))) {
    report = (await readReports(database, [report.id]))[0] ?? report;
  }
  response.set('Location', `/v1/jobs/${report.id}`);
  if (waitS === undefined || report.finishedAt === null) response.status(202).set('Retry-After', '1');
  response.json(await desk.job(report));
}
