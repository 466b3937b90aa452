import type { Knex } from 'knex';
import type { Database } from './database.js';
import { writeEvent } from './outbox.js';
import { statement } from './statement.js';
import { Transaction } from './transaction.js';

/** Where somebody wants to hear of events. */
export interface WebhookEndpoint {
  readonly id: number;
  /** Whose it is. */
  readonly apiKeyId: number;
  readonly url: string;
  readonly description: string;
  /** Patterns of event types. */
  readonly events: readonly string[];
  readonly createdAt: string;
  readonly disabled: { readonly at: string; readonly reason: DisabledReason } | undefined;
  /** Since when every attempt has failed; undefined if the last one didn't. */
  readonly failingSince: string | undefined;
}

/** By its owner; by its receiver, who answered 410; or because it failed for too long. */
export type DisabledReason = 'requested' | 'gone' | 'failing';

interface Row {
  readonly id: number;
  readonly api_key: number;
  readonly url: string;
  readonly description: string;
  readonly events: string[];
  readonly created_at: string;
  readonly disabled_at: string | null;
  readonly disabled_reason: DisabledReason | null;
  readonly failing_since: string | null;
}

export interface NewWebhookEndpoint {
  readonly apiKeyId: number;
  readonly url: string;
  readonly description: string;
  readonly events: readonly string[];
  /** Encrypted. */
  readonly secret: Buffer;
}

export async function createWebhookEndpoint(
  database: Database,
  endpoint: NewWebhookEndpoint,
): Promise<WebhookEndpoint> {
  const { apiKeyId, url, description, events, secret } = endpoint;
  const id = await database.knex.transaction(async (trx) => {
    const [row] = await trx('webhook_endpoints')
      .insert({ api_key: apiKeyId, url, description, events: [...events], secret })
      .returning<{ id: number }[]>('id');
    if (row === undefined) throw new Error('no webhook endpoint was made');
    await trx('webhook_states').insert({ endpoint_id: row.id });
    return row.id;
  });
  const made = await findWebhookEndpoint(database, id, undefined);
  if (made === undefined) throw new Error('the webhook endpoint that was made is gone');
  return made;
}

/** The endpoint with this id; only of this API key, if one is given. */
export async function findWebhookEndpoint(
  database: Database,
  id: number,
  apiKeyId: number | undefined,
): Promise<WebhookEndpoint | undefined> {
  const [found] = await selectEndpoints(database, apiKeyId, (query) => void query.where('e.id', id));
  return found;
}

/** Endpoints, oldest first, after the one with id `afterId`; only of this API key, if one is given. */
export async function listWebhookEndpoints(
  database: Database,
  { apiKeyId, afterId, limit }: { apiKeyId: number | undefined; afterId: number; limit: number },
): Promise<WebhookEndpoint[]> {
  return selectEndpoints(
    database,
    apiKeyId,
    (query) => void query.where('e.id', '>', afterId).orderBy('e.id').limit(limit),
  );
}

export interface WebhookEndpointChange {
  readonly url?: string;
  readonly description?: string;
  readonly events?: readonly string[];
}

/** Changes what is given. */
export async function changeWebhookEndpoint(
  database: Database,
  id: number,
  change: WebhookEndpointChange,
): Promise<void> {
  const { events, ...others } = change;
  const columns = { ...others, ...(events === undefined ? {} : { events: [...events] }) };
  if (Object.keys(columns).length > 0) await database.knex('webhook_endpoints').where({ id }).update(columns);
}

/** Lets a disabled endpoint hear what happens from now on, as if it had never failed. */
export async function enableWebhookEndpoint(database: Database, id: number): Promise<void> {
  await database.knex.transaction(async (trx) => {
    await trx('webhook_endpoints').where({ id }).update({ disabled_at: null, disabled_reason: null });
    await trx('webhook_states')
      .where({ endpoint_id: id })
      .update({ failures: 0, failing_since: null, paused_until: null });
  });
}

const disable = statement<
  { endpoint: number; reason: DisabledReason },
  { id: number; api_key: number; url: string; disabled_at: string }
>('webhooks/disable-endpoint');

/** Disables an endpoint. Unless its owner asked for it, that is an event; answers which endpoints hear of it. */
export function disableWebhookEndpoint(database: Database, id: number, reason: DisabledReason): Promise<number[]> {
  return Transaction.run(database, async (transaction) => {
    const [disabled] = await disable(transaction, { endpoint: id, reason });
    if (disabled === undefined) return [];
    const told =
      reason === 'requested'
        ? Promise.resolve([])
        : writeEvent(transaction, {
            apiKeyId: disabled.api_key,
            type: 'webhook_endpoint.disabled',
            data: { id: String(id), url: disabled.url, disabled_at: disabled.disabled_at, disabled_reason: reason },
          });
    await transaction.commitAfter(told);
    return told;
  });
}

/** It hears nothing any more and is not shown any more; what it was told is cleaned away later. */
export async function deleteWebhookEndpoint(database: Database, id: number): Promise<void> {
  await database.knex('webhook_endpoints').where({ id }).update({ deleted_at: database.knex.fn.now() });
}

/** Gives an endpoint a new secret (encrypted). The one it had signs too for so long. */
export async function rotateWebhookSecret(
  database: Database,
  id: number,
  secret: Buffer,
  overlapMs: number,
): Promise<void> {
  const { knex } = database;
  await knex('webhook_endpoints')
    .where({ id })
    .update({
      previous_secret: knex.ref('secret'),
      previous_secret_until: knex.raw("now() + ? * interval '1 ms'", [overlapMs]),
      secret,
    });
}

async function selectEndpoints(
  { knex }: Database,
  apiKeyId: number | undefined,
  narrow: (query: Knex.QueryBuilder) => void,
): Promise<WebhookEndpoint[]> {
  const query = knex('webhook_endpoints as e')
    .join('webhook_states as s', 's.endpoint_id', 'e.id')
    .whereNull('e.deleted_at')
    .select<Row[]>('e.*', 's.failing_since');
  narrow(query);
  if (apiKeyId !== undefined) void query.where('e.api_key', apiKeyId);
  return (await query).map(endpointOf);
}

function endpointOf(row: Row): WebhookEndpoint {
  const { disabled_at: at, disabled_reason: reason } = row;
  return {
    id: row.id,
    apiKeyId: row.api_key,
    url: row.url,
    description: row.description,
    events: row.events,
    createdAt: row.created_at,
    disabled: at === null || reason === null ? undefined : { at, reason },
    failingSince: row.failing_since ?? undefined,
  };
}
