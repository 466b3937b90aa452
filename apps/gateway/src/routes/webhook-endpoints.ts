import {
  changeWebhookEndpoint,
  claimSecretKey,
  createWebhookEndpoint,
  deleteWebhookEndpoint,
  disableWebhookEndpoint,
  enableWebhookEndpoint,
  EVENT_PATTERNS,
  findWebhookEndpoint,
  listWebhookEndpoints,
  rotateWebhookSecret,
  type WebhookEndpoint,
} from '@saldo/store';
import { newWebhookSecret, targetProblem } from '@saldo/webhooks';
import { Router } from 'express';
import Joi from 'joi';
import { apiKeyOf, seenApiKeyId } from '../http/authenticate.js';
import { jsonBody } from '../http/json-body.js';
import { answerPage, listSchema, readCursor } from '../http/page.js';
import { validationFailed } from '../http/problem.js';
import { readBody, readQuery } from '../validation/check.js';
import { text } from '../validation/fields.js';
import { ownEndpoint, seenEndpoint, withSecretBox, type WebhookParts } from '../webhooks/webhook-parts.js';

const DESCRIPTION_MAX = 256;
const ENDPOINTS_PER_KEY_MAX = 100;
/** For so long, the secret before the newest signs too. */
const SECRETS_OVERLAP_MS = 24 * 3_600_000;

export const endpointsSchema = listSchema({});

interface EndpointFields {
  readonly url?: string;
  readonly events?: string[];
  readonly description?: string;
}

/** `/v1/webhook-endpoints`: where somebody wants to hear of events. */
export function webhookEndpointRoutes(parts: WebhookParts): Router {
  const { database, wake } = parts;
  const router = Router();
  const { newSchema, changeSchema } = endpointSchemas(parts.allowPrivate);

  router.post('/webhook-endpoints', jsonBody, async (request, response) => {
    const { secret, ...made } = await create(parts, apiKeyOf(response).id, readBody(newSchema, request.body));
    response
      .status(201)
      .set('Location', `/v1/webhook-endpoints/${made.id}`)
      .json({ ...endpointJson(made), secret });
  });

  router.get('/webhook-endpoints', async (request, response) => {
    const { limit, cursor } = readQuery(endpointsSchema, request.query);
    const afterId = Number(readCursor(cursor, [/^\d{1,9}$/])?.[0] ?? 0);
    const endpoints = await listWebhookEndpoints(database, {
      apiKeyId: seenApiKeyId(response),
      afterId,
      limit: limit + 1,
    });
    answerPage(request, response, endpoints, limit, endpointJson, (endpoint) => [String(endpoint.id)]);
  });

  router.get('/webhook-endpoints/:id', async (request, response) => {
    response.json(endpointJson(await seenEndpoint(database, request.params.id, response)));
  });

  router.patch('/webhook-endpoints/:id', jsonBody, async (request, response) => {
    const { id } = await ownEndpoint(database, String(request.params['id']), response);
    const { enabled, ...change } = readBody(changeSchema, request.body);
    await changeWebhookEndpoint(database, id, change);
    if (enabled === true) await enableWebhookEndpoint(database, id);
    if (enabled === false) await disableWebhookEndpoint(database, id, 'requested');
    wake([id]);
    const changed = await findWebhookEndpoint(database, id, undefined);
    response.json(changed === undefined ? {} : endpointJson(changed));
  });

  router.delete('/webhook-endpoints/:id', async (request, response) => {
    const { id } = await ownEndpoint(database, request.params.id, response);
    await deleteWebhookEndpoint(database, id);
    response.status(204).end();
  });

  router.post('/webhook-endpoints/:id/rotate-secret', async (request, response) => {
    const { id } = await ownEndpoint(database, request.params.id, response);
    const secret = newWebhookSecret();
    await withSecretBox(parts, async (box) => {
      await claimSecretKey(database, box.fingerprint);
      await rotateWebhookSecret(database, id, box.seal(secret), SECRETS_OVERLAP_MS);
    });
    response.json({ ...endpointJson(await seenEndpoint(database, request.params.id, response)), secret });
  });

  return router;
}

/** Makes an endpoint; `secret` is to be shown this once. */
async function create(
  parts: WebhookParts,
  apiKeyId: number,
  { url, events = ['*'], description = '' }: EndpointFields & { readonly url: string },
): Promise<WebhookEndpoint & { readonly secret: string }> {
  const { database } = parts;
  const others = await listWebhookEndpoints(database, { apiKeyId, afterId: 0, limit: ENDPOINTS_PER_KEY_MAX });
  if (others.length === ENDPOINTS_PER_KEY_MAX)
    throw validationFailed([
      { pointer: '', detail: `is one too many: a key may have ${ENDPOINTS_PER_KEY_MAX} endpoints` },
    ]);
  const secret = newWebhookSecret();
  const made = await withSecretBox(parts, async (box) => {
    await claimSecretKey(database, box.fingerprint);
    return createWebhookEndpoint(database, { apiKeyId, url, description, events, secret: box.seal(secret) });
  });
  return { ...made, secret };
}

/** What an endpoint may be made of, and changed to. */
export function endpointSchemas(allowPrivate: boolean) {
  const url = targetSchema(allowPrivate);
  const fields = {
    events: Joi.array()
      .items(Joi.valid(...EVENT_PATTERNS))
      .min(1)
      .unique(),
    description: text(0, DESCRIPTION_MAX),
  };
  return {
    newSchema: Joi.object<EndpointFields & { url: string }>({ ...fields, url: url.required() }).required(),
    changeSchema: Joi.object<EndpointFields & { enabled?: boolean }>({
      ...fields,
      url,
      enabled: Joi.boolean(),
    }).required(),
  };
}

/** A URL that is kept in plain ASCII, as it was given if it is that. */
function targetSchema(allowPrivate: boolean): Joi.AnySchema<string> {
  return Joi.any<string>()
    .custom((value: unknown, helpers): unknown => {
      const problem = typeof value === 'string' ? targetProblem(value, { allowPrivate }) : 'takes a URL';
      if (typeof value !== 'string' || problem !== undefined) return helpers.message({ custom: problem ?? '' });
      return /^[\x21-\x7e]+$/.test(value) ? value : new URL(value).href;
    })
    .meta({
      shape: { type: 'string', format: 'uri', description: 'Where events are posted to: https, a public address.' },
    });
}

function endpointJson({ id, url, description, events, createdAt, disabled, failingSince }: WebhookEndpoint): object {
  return {
    id: String(id),
    url,
    description,
    events,
    enabled: disabled === undefined,
    disabled_at: disabled?.at ?? null,
    disabled_reason: disabled?.reason ?? null,
    failing_since: failingSince ?? null,
    created_at: createdAt,
  };
}
