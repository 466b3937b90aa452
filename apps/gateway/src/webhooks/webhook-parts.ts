import type { Logger } from '@saldo/config';
import { findWebhookEndpoint, SecretKeyError, type Database, type WebhookEndpoint } from '@saldo/store';
import type { SecretBox } from '@saldo/webhooks';
import type { Response } from 'express';
import { apiKeyOf, seenApiKeyId } from '../http/authenticate.js';
import { Problem } from '../http/problem.js';

/** What the routes of webhooks need. */
export interface WebhookParts {
  readonly database: Database;
  readonly logger: Logger;
  /** Undefined where no key is known: then no endpoint can be made. */
  readonly secretBox: SecretBox | undefined;
  readonly allowPrivate: boolean;
  /** Has a worker look at what an endpoint is to be told. */
  readonly wake: (endpointIds: readonly number[]) => void;
}

const ENDPOINT_ID = /^[1-9][0-9]{0,8}$/;

/** An endpoint that the caller may see. Throws `not_found` for any other. */
export async function seenEndpoint(database: Database, id: string, response: Response): Promise<WebhookEndpoint> {
  const endpoint = ENDPOINT_ID.test(id)
    ? await findWebhookEndpoint(database, Number(id), seenApiKeyId(response))
    : undefined;
  if (endpoint === undefined) throw new Problem('not_found', 'There is no such webhook endpoint.');
  return endpoint;
}

/** An endpoint that the caller may change: their own, and an admin any. An accountant only sees the others. */
export async function ownEndpoint(database: Database, id: string, response: Response): Promise<WebhookEndpoint> {
  const endpoint = await seenEndpoint(database, id, response);
  const key = apiKeyOf(response);
  if (key.role !== 'admin' && key.id !== endpoint.apiKeyId)
    throw new Problem('forbidden', 'This takes the key that made the webhook endpoint, or one of the role admin.');
  return endpoint;
}

/** For what would be of no effect on a disabled endpoint. */
export function requireEnabled(endpoint: WebhookEndpoint): void {
  if (endpoint.disabled !== undefined)
    throw new Problem('conflict', 'The webhook endpoint is disabled; enable it first: PATCH {"enabled": true}.');
}

/** Runs what needs the key for secrets, and answers plainly where this server has none, or not the right one. */
export async function withSecretBox<T>(
  { secretBox, logger }: Pick<WebhookParts, 'secretBox' | 'logger'>,
  work: (box: SecretBox) => Promise<T>,
): Promise<T> {
  const problem = new Problem(
    'not_configured',
    'Webhooks need SALDO_SECRET_KEY, the same on all servers of this Saldo.',
  );
  if (secretBox === undefined) throw problem;
  try {
    return await work(secretBox);
  } catch (error) {
    if (!(error instanceof SecretKeyError)) throw error;
    logger.error('webhook secrets are encrypted with another key', { error });
    throw problem;
  }
}
