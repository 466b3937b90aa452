import { createServer, IncomingMessage, ServerResponse, type Server } from 'node:http';
import type { Express } from 'express';

/**
 * An HTTP server for an Express app, which is not listening yet. Express gives every request and every response its own
 * prototype when it gets them; V8 can't optimise what touches an object after that, and that is most of what Express
 * costs (bench/NOTES.md). Here Node makes them with Express's prototype in the first place, so that there is nothing
 * left to change.
 */
export function createHttpServer(app: Express): Server {
  class AppRequest extends IncomingMessage {}
  class AppResponse extends ServerResponse {}
  app.request = Object.setPrototypeOf(AppRequest.prototype, app.request) as Express['request'];
  app.response = Object.setPrototypeOf(AppResponse.prototype, app.response) as Express['response'];
  return createServer({ IncomingMessage: AppRequest, ServerResponse: AppResponse }, app);
}
