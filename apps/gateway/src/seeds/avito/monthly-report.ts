import { withoutFormula } from '@saldo/reports';
import { readMonthlyRevenue, type Database } from '@saldo/store';
import { Router } from 'express';
import Joi from 'joi';
import { Problem, validationFailed } from '../../http/problem.js';
import type { RouteGroup } from '../../openapi/route-docs.js';
import { readQuery } from '../../validation/check.js';
import { malformedIsUnprocessable } from '../malformed-is-unprocessable.js';
import { plainMoney } from '../number-money.js';
import { WORDS } from './words.js';

const YEAR_FIRST = 2021;
const YEAR_LAST = 9_999;

const monthQuery = Joi.object<{ year: number; month: number }>({
  year: Joi.number().integer().min(YEAR_FIRST).max(YEAR_LAST).required(),
  month: Joi.number().integer().min(1).max(12).required(),
}).options({ stripUnknown: true });

/** `GET /v1/reports/consolidated/monthly`: the month's revenue by service, the file itself. */
export function monthlyReportRoutes({ database }: { database: Database }): Router {
  const router = Router();

  router.get('/reports/consolidated/monthly', async (request, response) => {
    const { year, month } = readQuery(monthQuery, request.query);
    const yearNow = new Date().getUTCFullYear();
    if (year > yearNow) throw validationFailed([{ pointer: '/year', detail: `must be at most ${yearNow}` }]);
    const period = `${year}-${String(month).padStart(2, '0')}`;
    const services = await readMonthlyRevenue(database, period);
    if (services.length === 0) throw new Problem('not_found', WORDS.nothingRendered);
    const rows = [
      ['Service Name', `Total Revenue in the period (YYYY-MM) ${period}`],
      ...services.map(({ name, revenueUnits }) => [withoutFormula(name), plainMoney(revenueUnits)]),
    ];
    response
      .set('Content-Disposition', `attachment; filename=report_${period}.csv`)
      .type('text/csv; charset=utf-8')
      .send(rows.map((row) => `${row.map(quoted).join(',')}\n`).join(''));
  });

  router.use(malformedIsUnprocessable);
  return router;
}

/** RFC 4180, but for the line ends, which were those of Unix. */
function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

export const monthlyReportDocs: RouteGroup = {
  tag: 'Avito: reports',
  about: "What accountants asked the Avito balance service for. Saldo's own reports are files behind a link.",
  routes: [
    {
      method: 'get',
      path: '/v1/reports/consolidated/monthly',
      summary: 'Revenue by service in a month (UTC), as CSV',
      query: monthQuery,
      answers: {
        200: {
          description: 'The file: captures less refunds, by the time they were applied.',
          mediaType: 'text/csv',
          schema: { type: 'string' },
          example: 'Service Name,Total Revenue in the period (YYYY-MM) 2026-11\nIT support,30000\n',
          headers: ['Content-Disposition'],
        },
      },
      problems: ['not_found', 'unprocessable'],
    },
  ],
};
