import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import express from 'express';
import type * as Checks from '../../apps/gateway/src/validation/operation-request.js';
import { answerParent } from '../machine/child.js';

/** The gateway's own check, to the letter: it isn't exported, since nobody but the gateway should use it. */
const checks = (await import(
  new URL('../../../apps/gateway/dist/validation/operation-request.js', import.meta.url).href
)) as typeof Checks;

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

const server = app.listen(0, '127.0.0.1');

answerParent<object, string>(async () => {
  await new Promise((resolve) => (server.listening ? resolve(undefined) : server.once('listening', resolve)));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
