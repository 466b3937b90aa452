import { formatMoney, parseMoney } from '@saldo/ledger';
import { listServices, putService, type Database, type Service } from '@saldo/store';
import { Router } from 'express';
import Joi from 'joi';
import { allow } from '../http/authenticate.js';
import { jsonBody } from '../http/json-body.js';
import { answerPage, listSchema, readCursor } from '../http/page.js';
import { validationFailed } from '../http/problem.js';
import { check, readQuery } from '../validation/check.js';
import { amount, id, text } from '../validation/fields.js';

const NAME_MAX = 256;

const serviceSchema = Joi.object<{ name: string; price?: string }>({
  name: text(1, NAME_MAX).required(),
  price: amount,
}).required();
const servicesSchema = listSchema({});

/** `PUT /v1/services/{id}` and `GET /v1/services`: names for the reports. */
export function serviceRoutes({ database }: { database: Database }): Router {
  const router = Router();

  router.put('/services/:id', allow('admin'), jsonBody, async (request, response) => {
    const serviceId = check(id, request.params['id'], '/id');
    const service = check(serviceSchema, request.body);
    if (serviceId.errors !== undefined || service.errors !== undefined) {
      throw validationFailed([...(serviceId.errors ?? []), ...(service.errors ?? [])]);
    }
    const { name, price } = service.value;
    const priceUnits = price === undefined ? null : (parseMoney(price) ?? null);
    response.json(serviceJson(await putService(database, { id: serviceId.value, name, priceUnits })));
  });

  router.get('/services', async (request, response) => {
    const { limit, cursor } = readQuery(servicesSchema, request.query);
    const afterId = readCursor(cursor, [/^[A-Za-z0-9._:-]{1,64}$/])?.[0] ?? '';
    answerPage(
      request,
      response,
      await listServices(database, { afterId, limit: limit + 1 }),
      limit,
      serviceJson,
      (service) => [service.id],
    );
  });

  return router;
}

function serviceJson({ id: serviceId, name, priceUnits, updatedAt }: Service): unknown {
  return { id: serviceId, name, price: priceUnits === null ? null : formatMoney(priceUnits), updated_at: updatedAt };
}
