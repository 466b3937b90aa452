import { isReachable, type Database } from '@saldo/store';
import { Router } from 'express';

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
