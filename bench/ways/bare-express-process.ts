import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import type * as HttpServer from '../../apps/gateway/src/http/create-server.js';
import type * as Checks from '../../apps/gateway/src/validation/operation-request.js';
import { answerParent } from '../machine/child.js';
import type { ExpressServer } from './bare-express.js';

/** The gateway's own check and server, to the letter, and nothing else of it, so that this process stays bare. */
const checks = (await ofGateway('validation/operation-request.js')) as typeof Checks;
const { createHttpServer } = (await ofGateway('http/create-server.js')) as typeof HttpServer;

/** All that a request to Express costs before anything is done with it: it is parsed, checked and answered. */
const app = express();
app.disable('x-powered-by');
app.disable('etag');
app.post('/v1/operations', express.json(), (request, response) => {
  const validated = checks.validateOperation(request.body, checks.OPERATION_SCHEMAS);
  if (validated.errors !== undefined) {
    response.status(400).json({ errors: validated.errors });
    return;
  }
  const id = randomUUID();
  response.status(202).location(`/v1/jobs/${id}`).json({ id, status: 'queued', request: validated.value });
});

answerParent<{ readonly server: ExpressServer }, string>(async (asked) => {
  const server = asked.server === 'express' ? createServer(app) : createHttpServer(app);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

function ofGateway(path: string): Promise<unknown> {
  return import(new URL(`../../../apps/gateway/dist/${path}`, import.meta.url).href);
}
