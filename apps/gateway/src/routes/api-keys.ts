import type { Bus } from '@saldo/queue';
import { createApiKey, listApiKeys, revokeApiKey, type ApiKey, type Database, type Role } from '@saldo/store';
import { Router } from 'express';
import Joi from 'joi';
import { allow, type Authenticator } from '../http/authenticate.js';
import { jsonBody } from '../http/json-body.js';
import { answerPage, listSchema, readCursor } from '../http/page.js';
import { Problem } from '../http/problem.js';
import { objectShape, pageShape, ref, textShape, TIME, type RouteGroup } from '../openapi/route-docs.js';
import { readBody, readQuery } from '../validation/check.js';
import { text } from '../validation/fields.js';

const NAME_MAX = 128;
const KEY_ID = /^[1-9][0-9]{0,8}$/;

const keySchema = Joi.object<{ name: string; role: Role }>({
  name: text(1, NAME_MAX).required(),
  role: Joi.valid('merchant', 'accountant', 'admin').required(),
}).required();
const keysSchema = listSchema({});

/** `/v1/api-keys`: who may ask. Only an admin may. */
export function apiKeyRoutes({
  database,
  authenticator,
  bus,
}: {
  database: Database;
  authenticator: Authenticator;
  bus: Bus;
}): Router {
  const router = Router();

  router.use('/api-keys', allow('admin'));

  router.post('/api-keys', jsonBody, async (request, response) => {
    const { key, ...made } = await createApiKey(database, readBody(keySchema, request.body));
    response
      .status(201)
      .set('Location', `/v1/api-keys/${made.id}`)
      .json({ ...keyJson(made), key });
  });

  router.get('/api-keys', async (request, response) => {
    const { limit, cursor } = readQuery(keysSchema, request.query);
    const afterId = Number(readCursor(cursor, [KEY_ID])?.[0] ?? 0);
    answerPage(request, response, await listApiKeys(database, { afterId, limit: limit + 1 }), limit, keyJson, (key) => [
      String(key.id),
    ]);
  });

  router.delete('/api-keys/:id', async (request, response) => {
    const keyId = Number(KEY_ID.test(request.params.id) ? request.params.id : 0);
    if (!(await revokeApiKey(database, keyId))) throw new Problem('not_found', 'There is no such key.');
    authenticator.forget(keyId);
    await bus.publish({ kind: 'revoked', apiKeyId: keyId });
    response.status(204).end();
  });

  return router;
}

function keyJson({ id, name, role, prefix, createdAt }: ApiKey): Record<string, unknown> {
  return { id: String(id), name, role, prefix, created_at: createdAt };
}

const ROLE = { type: 'string', enum: ['merchant', 'accountant', 'admin'] };
const KEY = {
  id: textShape('To revoke it by.', '3'),
  name: textShape('What it is for.', 'shop'),
  role: ROLE,
  prefix: textShape('Its first characters.', 'saldo_Zk3q'),
  created_at: TIME,
};
const EXAMPLE = {
  id: '3',
  name: 'shop',
  role: 'merchant',
  prefix: 'saldo_Zk3q',
  created_at: '2026-11-21T09:10:00.123456Z',
};

export const apiKeyDocs: RouteGroup = {
  tag: 'API keys',
  about: 'Who may ask, and for what.',
  schemas: {
    ApiKey: objectShape(KEY),
    NewApiKey: objectShape({ ...KEY, key: textShape('The key. It is shown this once.') }),
  },
  routes: [
    {
      method: 'post',
      path: '/v1/api-keys',
      summary: 'Make a key',
      roles: ['admin'],
      body: keySchema,
      bodyExamples: { key: { name: 'shop', role: 'merchant' } },
      answers: {
        201: {
          description: 'The key, shown this once.',
          schema: ref('NewApiKey'),
          example: { ...EXAMPLE, key: 'saldo_Zk3q…' },
          headers: ['Location'],
        },
      },
      problems: ['validation_failed', 'payload_too_large', 'unsupported_media_type'],
    },
    {
      method: 'get',
      path: '/v1/api-keys',
      summary: 'List valid keys, without the keys themselves',
      roles: ['admin'],
      query: keysSchema,
      answers: {
        200: {
          description: 'One page.',
          schema: pageShape(ref('ApiKey')),
          example: { data: [EXAMPLE], next_cursor: null },
          headers: ['Link'],
        },
      },
      problems: ['validation_failed'],
    },
    {
      method: 'delete',
      path: '/v1/api-keys/{id}',
      summary: 'Revoke a key, at once and for ever',
      roles: ['admin'],
      answers: { 204: { description: 'It is revoked.' } },
      problems: ['not_found'],
    },
  ],
};
