import { randomUUID } from 'node:crypto';
import type { Logger } from '@saldo/config';
import type { RequestHandler, Response } from 'express';
import { apiKeyIdOf } from './authenticate.js';

const ACCEPTABLE = /^[\x21-\x7e]{1,128}$/;

/** Takes the caller's `X-Request-Id`, or makes one; returns it, and logs each request with it once it is answered. */
export function requestId(logger: Logger): RequestHandler {
  return (request, response, next) => {
    const given = request.get('x-request-id');
    const id = given !== undefined && ACCEPTABLE.test(given) ? given : randomUUID();
    response.locals['requestId'] = id;
    response.setHeader('X-Request-Id', id);
    const traceparent = request.get('traceparent');
    if (traceparent !== undefined) response.set('traceparent', traceparent);
    const startedAt = performance.now();
    response.once('close', () => {
      logger.info('request', {
        request_id: id,
        method: request.method,
        path: request.originalUrl.split('?', 1)[0],
        status: response.statusCode,
        ms: Math.round(performance.now() - startedAt),
        api_key_id: apiKeyIdOf(response),
        traceparent,
      });
    });
    next();
  };
}

export function requestIdOf(response: Response): string {
  return String(response.locals['requestId']);
}
