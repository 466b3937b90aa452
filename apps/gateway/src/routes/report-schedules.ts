import { FORMATS } from '@saldo/reports';
import {
  createSchedule,
  deleteSchedule,
  listSchedules,
  type ApiKey,
  type Database,
  type NewSchedule,
  type ReportSchedule,
} from '@saldo/store';
import { Router } from 'express';
import Joi from 'joi';
import { uuidv7 } from 'uuidv7';
import { allow, apiKeyOf } from '../http/authenticate.js';
import { jsonBody } from '../http/json-body.js';
import { answerPage, listSchema, readCursor } from '../http/page.js';
import { Problem } from '../http/problem.js';
import { readBody, readQuery } from '../validation/check.js';
import { UUID } from '../validation/fields.js';

export const scheduleSchema = Joi.object<Pick<NewSchedule, 'type' | 'format'>>({
  type: Joi.valid('revenue', 'operations').required(),
  format: Joi.valid(...FORMATS).default('csv'),
}).required();
export const schedulesSchema = listSchema({});

/** `/v1/report-schedules`: reports that are made by themselves when a month is over. An admin sees those of all keys. */
export function reportScheduleRoutes({ database }: { database: Database }): Router {
  const router = Router();
  router.use('/report-schedules', allow('accountant', 'admin'));

  router.post('/report-schedules', jsonBody, async (request, response) => {
    const { type, format } = readBody(scheduleSchema, request.body);
    const made = await createSchedule(database, { id: uuidv7(), apiKeyId: apiKeyOf(response).id, type, format });
    response.status(201).json(scheduleJson(made));
  });

  router.get('/report-schedules', async (request, response) => {
    const { limit, cursor } = readQuery(schedulesSchema, request.query);
    const afterId = readCursor(cursor, [UUID])?.[0];
    const schedules = await listSchedules(database, { apiKeyId: ownOf(apiKeyOf(response)), afterId, limit: limit + 1 });
    answerPage(request, response, schedules, limit, scheduleJson, (schedule) => [schedule.id]);
  });

  router.delete('/report-schedules/:id', async (request, response) => {
    const { id } = request.params;
    const isDeleted = UUID.test(id) && (await deleteSchedule(database, id, ownOf(apiKeyOf(response))));
    if (!isDeleted) throw new Problem('not_found', 'There is no such schedule.');
    response.status(204).end();
  });

  return router;
}

/** Undefined for an admin, who has all. */
function ownOf({ id, role }: ApiKey): number | undefined {
  return role === 'admin' ? undefined : id;
}

function scheduleJson({ id, type, format, lastMonth, createdAt }: ReportSchedule): unknown {
  return { id, type, format, every: 'month', last_period: lastMonth, created_at: createdAt };
}
