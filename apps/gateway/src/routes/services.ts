import { formatMoney, parseMoney } from '@saldo/ledger';
import { listServices, putService, type Database, type Service } from '@saldo/store';
import { Router } from 'express';
import Joi from 'joi';
import { allow } from '../http/authenticate.js';
import { jsonBody } from '../http/json-body.js';
import { answerPage, listSchema, readCursor } from '../http/page.js';
import { validationFailed } from '../http/problem.js';
import { MONEY, objectShape, orNull, pageShape, ref, textShape, TIME, type RouteGroup } from '../openapi/route-docs.js';
import { check, readQuery } from '../validation/check.js';
import { amount, description, id, text } from '../validation/fields.js';

const NAME_MAX = 256;

const serviceSchema = Joi.object<{ name: string; price?: string; description?: string }>({
  name: text(1, NAME_MAX).required(),
  price: amount,
  description,
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
    const { name, price, description: words = null } = service.value;
    const priceUnits = price === undefined ? null : (parseMoney(price) ?? null);
    const written = await putService(database, { id: serviceId.value, name, priceUnits, description: words });
    response.json(serviceJson(written));
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

function serviceJson({ id: serviceId, name, priceUnits, description: words, updatedAt }: Service): unknown {
  return {
    id: serviceId,
    name,
    price: priceUnits === null ? null : formatMoney(priceUnits),
    ...(words === null ? {} : { description: words }),
    updated_at: updatedAt,
  };
}

const EXAMPLE = { id: '7', name: 'IT support', price: '30000.00', updated_at: '2026-11-21T09:10:00.123456Z' };

export const serviceDocs: RouteGroup = {
  tag: 'Services',
  about: 'What revenue is recognised for: names for the reports, prices for the catalogue.',
  schemas: {
    Service: objectShape(
      {
        id: textShape('What operations call it.', '7'),
        name: textShape('What reports call it.', 'IT support'),
        price: orNull(MONEY),
        description: textShape('What it is.'),
        updated_at: TIME,
      },
      ['description'],
    ),
  },
  routes: [
    {
      method: 'put',
      path: '/v1/services/{id}',
      summary: 'Name a service',
      description: 'New or not. Without a price or description it has none from then on.',
      roles: ['admin'],
      body: serviceSchema,
      bodyExamples: { service: { name: 'IT support', price: '30000.00' } },
      answers: { 200: { description: 'The service.', schema: ref('Service'), example: EXAMPLE } },
      problems: ['validation_failed', 'payload_too_large', 'unsupported_media_type'],
    },
    {
      method: 'get',
      path: '/v1/services',
      summary: 'List services',
      query: servicesSchema,
      answers: {
        200: {
          description: 'One page.',
          schema: pageShape(ref('Service')),
          example: { data: [EXAMPLE], next_cursor: null },
          headers: ['Link'],
        },
      },
      problems: ['validation_failed'],
    },
  ],
};
