import { WebhookError } from './errors.js';
import type { Job } from './types.js';

/** What a webhook tells. */
export interface WebhookEvent {
  /** `operation.completed`, `operation.rejected`, `report.completed`, … */
  readonly type: string;
  readonly timestamp: string;
  readonly data: Job;
}

export interface Webhook {
  /** As they came, by name in lower case: `webhook-id`, `webhook-timestamp`, `webhook-signature`. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** As it came: parsed and printed again, it would not verify. */
  readonly body: string;
}

export interface VerifyOptions {
  /** How old or how far ahead a webhook may be [300]. */
  readonly toleranceS?: number;
  /** Milliseconds since 1970. */
  readonly nowMs?: number;
}

const PREFIX = 'whsec_';
const TOLERANCE_S = 300;
const MS_PER_S = 1_000;

/**
 * Checks that a webhook comes from the Saldo that gave out the secret (`whsec_…`), and answers what it tells (Standard
 * Webhooks 1.0). Throws {@link WebhookError} otherwise. It may come more than once: `webhook-id` is then the same.
 */
export async function verifyWebhook(
  secret: string,
  { headers, body }: Webhook,
  { toleranceS = TOLERANCE_S, nowMs = Date.now() }: VerifyOptions = {},
): Promise<WebhookEvent> {
  const id = headerOf(headers, 'webhook-id');
  const timestamp = headerOf(headers, 'webhook-timestamp');
  const signatures = headerOf(headers, 'webhook-signature');
  const ageS = Math.abs(nowMs / MS_PER_S - Number(timestamp));
  if (!/^\d{1,12}$/.test(timestamp) || ageS > toleranceS) throw new WebhookError('the webhook is too old or too new');
  const key = await importKey(secret);
  const content = new TextEncoder().encode(`${id}.${timestamp}.${body}`);
  // While a secret rotates, there is a signature with each.
  for (const signature of signatures.split(' ')) {
    const [version, encoded = ''] = signature.split(',');
    const bytes = version === 'v1' ? fromBase64(encoded) : undefined;
    if (bytes !== undefined && (await crypto.subtle.verify('HMAC', key, bytes, content))) return parse(body);
  }
  throw new WebhookError('no signature of the webhook is of this secret');
}

function headerOf(headers: Webhook['headers'], name: string): string {
  const value = headers[name];
  if (typeof value !== 'string' || value === '') throw new WebhookError(`the webhook has no header ${name}`);
  return value;
}

async function importKey(secret: string) {
  const bytes = secret.startsWith(PREFIX) ? fromBase64(secret.slice(PREFIX.length)) : undefined;
  if (bytes === undefined) throw new WebhookError(`a secret is ${PREFIX} and base64`);
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']);
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

function parse(body: string): WebhookEvent {
  try {
    return JSON.parse(body) as WebhookEvent;
  } catch {
    throw new WebhookError('the webhook is not JSON');
  }
}
