import { isReachable, type Database } from '@saldo/store';
import { Router } from 'express';
import { objectShape, type RouteGroup } from '../openapi/route-docs.js';

/** `/healthz`: the process runs. `/readyz`: it can serve; not while it stops or Postgres is away. */
export function healthRoutes({ database, isStopping }: { database: Database; isStopping: () => boolean }): Router {
  const router = Router();
  router.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' });
  });
  router.get('/readyz', async (_request, response) => {
    const isReady = !isStopping() && (await isReachable(database));
    response.status(isReady ? 200 : 503).json({ status: isReady ? 'ready' : 'not ready' });
  });
  return router;
}

export const healthDocs: RouteGroup = {
  tag: 'Health',
  about: 'For whoever starts and watches the gateway.',
  routes: [
    {
      method: 'get',
      path: '/healthz',
      summary: 'Whether the process runs',
      roles: 'open',
      answers: {
        200: { description: 'It does.', schema: objectShape({ status: { const: 'ok' } }), example: { status: 'ok' } },
      },
    },
    {
      method: 'get',
      path: '/readyz',
      summary: 'Whether it can serve',
      roles: 'open',
      answers: {
        200: {
          description: 'It can.',
          schema: objectShape({ status: { const: 'ready' } }),
          example: { status: 'ready' },
        },
        503: {
          description: 'It stops, or Postgres is away.',
          schema: objectShape({ status: { const: 'not ready' } }),
          example: { status: 'not ready' },
        },
      },
    },
  ],
};
