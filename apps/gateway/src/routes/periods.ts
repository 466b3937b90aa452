import { boundsOfMonth, writeRequest } from '@saldo/reports';
import { closeMonth, listClosings, type CloseAnswer, type Closing, type Database, type Report } from '@saldo/store';
import { Router } from 'express';
import { uuidv7 } from 'uuidv7';
import { allow, apiKeyOf } from '../http/authenticate.js';
import { answerPage, listSchema, readCursor } from '../http/page.js';
import { applyPreference } from '../http/prefer.js';
import { Problem, validationFailed } from '../http/problem.js';
import { answerOrder } from '../reports/answer-order.js';
import type { ReportDesk } from '../reports/report-desk.js';
import { check, readQuery } from '../validation/check.js';
import { month } from '../validation/report-request.js';

export const closingsSchema = listSchema({});

/** `POST /v1/periods/{month}/close` and `GET /v1/periods`: months that are fixed. */
export function periodRoutes({ database, reports }: { database: Database; reports: ReportDesk }): Router {
  const router = Router();
  router.use('/periods', allow('accountant', 'admin'));

  router.post('/periods/:month/close', async (request, response) => {
    const checked = check(month, request.params['month'], '/month');
    if (checked.errors !== undefined) throw validationFailed(checked.errors);
    const period = checked.value;
    const answer = await closeMonth(database, period, {
      id: uuidv7(),
      apiKeyId: apiKeyOf(response).id,
      request: writeRequest({ type: 'closing', period, format: 'csv' }),
    });
    const report = closedOrRefused(period, answer);
    reports.announce(report);
    await answerOrder(database, reports, report, applyPreference(request, response), response);
  });

  router.get('/periods', async (request, response) => {
    const { limit, cursor } = readQuery(closingsSchema, request.query);
    const before = readCursor(cursor, [/^[1-9][0-9]{0,8}$/])?.[0];
    const beforeNumber = before === undefined ? undefined : Number(before);
    const closings = await listClosings(database, { beforeNumber, limit: limit + 1 });
    answerPage(request, response, closings, limit, closingJson, (closing) => [String(closing.number)]);
  });

  return router;
}

function closedOrRefused(period: string, answer: CloseAnswer): Report {
  switch (answer.kind) {
    case 'closed':
      return answer.report;
    case 'not_ended':
      throw new Problem('conflict', `${period} can be closed when it is over, at ${boundsOfMonth(period).to}.`);
    case 'later_month_closed':
      throw new Problem('conflict', `${answer.month} is closed, and all before it is fixed with it.`);
    case 'earlier_month_open':
      throw new Problem('conflict', `Months are closed in order, and ${answer.month} has operations and is open.`);
    default:
      return answer satisfies never;
  }
}

function closingJson({ number, month: period, endsAt, closedAt, reportId, hash }: Closing): unknown {
  return { number, period, ends_at: endsAt, closed_at: closedAt, job_id: reportId, hash: hash ?? null };
}
