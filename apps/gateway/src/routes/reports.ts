import { reportJob, writeRequest } from '@saldo/reports';
import { cancelReport, findClosing, orderReport, readReports, type Database } from '@saldo/store';
import { Router } from 'express';
import { uuidv7 } from 'uuidv7';
import { allow, apiKeyOf } from '../http/authenticate.js';
import { jsonBody } from '../http/json-body.js';
import { applyPreference } from '../http/prefer.js';
import { Problem } from '../http/problem.js';
import { answerOrder } from '../reports/answer-order.js';
import type { ReportDesk } from '../reports/report-desk.js';
import { UUID } from '../validation/fields.js';
import { readReportRequest } from '../validation/report-request.js';

/** `POST /v1/reports` and `DELETE /v1/reports/{id}`: files for the accountant. */
export function reportRoutes({ database, reports }: { database: Database; reports: ReportDesk }): Router {
  const router = Router();
  const mayOrder = allow('accountant', 'admin');

  router.post('/reports', mayOrder, jsonBody, async (request, response) => {
    const asked = readReportRequest(request.body);
    const report = await orderReport(database, {
      id: uuidv7(),
      apiKeyId: apiKeyOf(response).id,
      request: writeRequest(asked),
    });
    // Also for one that was under way: its task may be the one that got lost.
    reports.announce(report);
    await answerOrder(database, reports, report, applyPreference(request, response), response);
  });

  router.delete<string, { id: string }>('/reports/:id', mayOrder, async (request, response) => {
    const { id } = request.params;
    const [found] = UUID.test(id) ? await readReports(database, [id]) : [];
    if (found === undefined) throw new Problem('not_found', 'There is no such report.');
    const cancelled = await cancelReport(database, found.id, reportJob);
    if (cancelled !== undefined) reports.announceEnd(cancelled);
    const report = cancelled?.report ?? (await readReports(database, [found.id]))[0] ?? found;
    if (report.status !== 'cancelled') {
      const isClosing = report.finishedAt === null && (await findClosing(database, report.id)) !== undefined;
      throw new Problem('conflict', isClosing ? 'A closing can not be cancelled.' : 'The report has ended already.');
    }
    response.json(await reports.job(report));
  });

  return router;
}
