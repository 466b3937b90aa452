import {
  DELIVERY_STATUSES,
  findWebhookDelivery,
  listWebhookDeliveries,
  recordEvents,
  replayWebhooks,
  retryWebhookDelivery,
  testWebhookEndpoint,
  type Database,
  type DeliveryStatus,
  type WebhookDelivery,
} from '@saldo/store';
import { Router } from 'express';
import Joi from 'joi';
import { jsonBody } from '../http/json-body.js';
import { answerPage, listSchema, readCursor } from '../http/page.js';
import { Problem } from '../http/problem.js';
import { readBody, readQuery } from '../validation/check.js';
import { time } from '../validation/fields.js';
import { ownEndpoint, requireEnabled, seenEndpoint, type WebhookParts } from '../webhooks/webhook-parts.js';

const DELIVERY_ID = /^[1-9][0-9]{0,17}$/;

export const deliveriesSchema = listSchema<{ status?: DeliveryStatus }>({ status: Joi.valid(...DELIVERY_STATUSES) });
export const replaySchema = Joi.object<{ since: string }>({ since: time.required() }).required();

/** What endpoints were told and are to be told, and telling them again. */
export function webhookDeliveryRoutes({ database, wake }: WebhookParts): Router {
  const router = Router();

  router.get('/webhook-endpoints/:id/deliveries', async (request, response) => {
    const { id: endpointId } = await seenEndpoint(database, request.params.id, response);
    const { limit, cursor, status } = readQuery(deliveriesSchema, request.query);
    const before = readCursor(cursor, [DELIVERY_ID])?.[0];
    const beforeId = before === undefined ? undefined : BigInt(before);
    const deliveries = await listWebhookDeliveries(database, { endpointId, status, beforeId, limit: limit + 1 });
    answerPage(request, response, deliveries, limit, deliveryJson, (delivery) => [String(delivery.id)]);
  });

  router.post('/webhook-endpoints/:id/test', async (request, response) => {
    const endpoint = await ownEndpoint(database, request.params.id, response);
    requireEnabled(endpoint);
    const id = await testWebhookEndpoint(database, endpoint);
    wake([endpoint.id]);
    response.status(202).json(deliveryJson(await findDelivery(database, String(id))));
  });

  router.post('/webhook-deliveries/:id/retry', async (request, response) => {
    const delivery = await findDelivery(database, request.params.id);
    const endpoint = await ownEndpoint(database, String(delivery.endpointId), response).catch((error: unknown) => {
      // Whoever may not see the endpoint may not learn of its deliveries either.
      throw error instanceof Problem && error.code === 'not_found' ? noSuchDelivery() : error;
    });
    requireEnabled(endpoint);
    await retryWebhookDelivery(database, delivery);
    wake([endpoint.id]);
    response.status(202).json(deliveryJson(await findDelivery(database, request.params.id)));
  });

  router.post('/webhook-endpoints/:id/replay', jsonBody, async (request, response) => {
    const endpoint = await ownEndpoint(database, String(request.params['id']), response);
    const { since } = readBody(replaySchema, request.body);
    requireEnabled(endpoint);
    // What happened before this request and is not numbered yet is to be replayed too.
    await recordEvents(database);
    await replayWebhooks(database, endpoint.id, since);
    wake([endpoint.id]);
    response.status(202).json({ endpoint_id: String(endpoint.id), since });
  });

  return router;
}

async function findDelivery(database: Database, id: string): Promise<WebhookDelivery> {
  const delivery = DELIVERY_ID.test(id) ? await findWebhookDelivery(database, BigInt(id)) : undefined;
  if (delivery === undefined) throw noSuchDelivery();
  return delivery;
}

function noSuchDelivery(): Problem {
  return new Problem('not_found', 'There is no such delivery.');
}

function deliveryJson(delivery: WebhookDelivery): object {
  return {
    id: String(delivery.id),
    endpoint_id: String(delivery.endpointId),
    event_id: delivery.eventId,
    type: delivery.type,
    status: delivery.status,
    created_at: delivery.createdAt,
    next_attempt_at: delivery.nextAttemptAt ?? null,
    finished_at: delivery.finishedAt ?? null,
    attempts: delivery.attempts.map(({ attemptedAt, httpStatus, durationMs, error, response }) => ({
      attempted_at: attemptedAt,
      http_status: httpStatus ?? null,
      duration_ms: durationMs,
      error: error ?? null,
      response,
    })),
  };
}
