import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { Database } from './database.js';
import type { EventType } from './event-types.js';
import { knownType } from './events.js';
import { statement } from './statement.js';

export const DELIVERY_STATUSES = ['pending', 'delivered', 'failed'] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** An event that an endpoint is told, and what came of it so far. */
export interface WebhookDelivery {
  readonly id: bigint;
  readonly endpointId: number;
  readonly eventId: string;
  readonly type: EventType;
  readonly status: DeliveryStatus;
  readonly createdAt: string;
  /** Undefined when it is finished. */
  readonly nextAttemptAt: string | undefined;
  readonly finishedAt: string | undefined;
  /** In the order in which they were made. */
  readonly attempts: readonly WebhookAttempt[];
}

interface WebhookAttempt {
  readonly attemptedAt: string;
  /** Undefined where there was no answer. */
  readonly httpStatus: number | undefined;
  readonly durationMs: number;
  /** The class of error; undefined if it was delivered. */
  readonly error: string | undefined;
  /** The beginning of the answer. */
  readonly response: string;
}

interface Row {
  readonly id: bigint;
  readonly endpoint_id: number;
  readonly event_id: string;
  readonly type: string;
  readonly status: DeliveryStatus;
  readonly created_at: string;
  readonly next_attempt_at: string;
  readonly finished_at: string | null;
}

interface AttemptRow {
  readonly delivery_id: bigint;
  readonly attempted_at: string;
  readonly http_status: number | null;
  readonly duration_ms: number;
  readonly error: string | null;
  readonly response: string;
}

/** An endpoint's deliveries, newest first, before the one with id `beforeId`. */
export async function listWebhookDeliveries(
  database: Database,
  filter: {
    readonly endpointId: number;
    readonly status: DeliveryStatus | undefined;
    readonly beforeId: bigint | undefined;
    readonly limit: number;
  },
): Promise<WebhookDelivery[]> {
  return selectDeliveries(database, (query) => {
    void query.where({ endpoint_id: filter.endpointId }).orderBy('id', 'desc').limit(filter.limit);
    if (filter.status !== undefined) void query.where({ status: filter.status });
    if (filter.beforeId !== undefined) void query.where('id', '<', String(filter.beforeId));
  });
}

/** The delivery with this id, whosever it is. */
export async function findWebhookDelivery(database: Database, id: bigint): Promise<WebhookDelivery | undefined> {
  const [delivery] = await selectDeliveries(database, (query) => void query.where({ id: String(id) }));
  return delivery;
}

/**
 * What a person asks for goes before all else that an endpoint has to be told, and a pause doesn't hold it back.
 */
const FIRST = new Date(0).toISOString();

/** Has a delivery tried again now, whatever came of it before. */
export async function retryWebhookDelivery(database: Database, { id, endpointId }: WebhookDelivery): Promise<void> {
  await database.knex.transaction(async (trx) => {
    await trx('webhook_deliveries')
      .where({ id: String(id) })
      .update({ status: 'pending', next_attempt_at: FIRST, finished_at: null });
    await trx('webhook_states').where({ endpoint_id: endpointId }).update({ paused_until: null });
  });
}

/** Has an endpoint told something of no consequence, whatever types it asked for. Answers the delivery's id. */
export function testWebhookEndpoint(
  database: Database,
  { id: endpointId, apiKeyId }: { readonly id: number; readonly apiKeyId: number },
): Promise<bigint> {
  return database.knex.transaction(async (trx) => {
    const eventId = randomUUID();
    const data = { endpoint_id: String(endpointId), message: 'This is a test.' };
    await trx('events').insert({ id: eventId, api_key: apiKeyId, type: 'webhook.test', data: JSON.stringify(data) });
    const [delivery] = await trx('webhook_deliveries')
      .insert({
        endpoint_id: endpointId,
        event_id: eventId,
        type: 'webhook.test',
        created_at: trx.fn.now(),
        next_attempt_at: FIRST,
      })
      .returning<{ id: bigint }[]>('id');
    if (delivery === undefined) throw new Error('no test was written');
    await trx('webhook_states').where({ endpoint_id: endpointId }).update({ paused_until: null });
    return delivery.id;
  });
}

const startReplay = statement<{ endpoint: number; since: string }, { endpoint_id: number }>('webhooks/start-replay');

/** Has an endpoint told again of all that happened since a time (RFC 3339) and is recorded. */
export async function replayWebhooks(database: Database, endpointId: number, since: string): Promise<void> {
  await startReplay(database, { endpoint: endpointId, since });
}

/** On one snapshot, so that a delivery and its attempts tell the same. */
function selectDeliveries({ knex }: Database, narrow: (query: Knex.QueryBuilder) => void): Promise<WebhookDelivery[]> {
  return knex.transaction(
    async (trx) => {
      const query = trx('webhook_deliveries').select<Row[]>('*');
      narrow(query);
      const rows = await query;
      const attempts = await trx('webhook_attempts')
        .whereIn(
          'delivery_id',
          rows.map((row) => String(row.id)),
        )
        .orderBy(['delivery_id', 'attempted_at'])
        .select<AttemptRow[]>('*');
      return rows.map((row) =>
        deliveryOf(
          row,
          attempts.filter((attempt) => attempt.delivery_id === row.id),
        ),
      );
    },
    { isolationLevel: 'repeatable read', readOnly: true },
  );
}

function deliveryOf(row: Row, attempts: readonly AttemptRow[]): WebhookDelivery {
  return {
    id: row.id,
    endpointId: row.endpoint_id,
    eventId: row.event_id,
    type: knownType(row.type),
    status: row.status,
    createdAt: row.created_at,
    nextAttemptAt: row.status === 'pending' ? later(row.next_attempt_at, row.created_at) : undefined,
    finishedAt: row.finished_at ?? undefined,
    attempts: attempts.map(attemptOf),
  };
}

/** What goes first is due since long before it was made. */
function later(one: string, other: string): string {
  return one < other ? other : one;
}

function attemptOf(row: AttemptRow): WebhookAttempt {
  return {
    attemptedAt: row.attempted_at,
    httpStatus: row.http_status ?? undefined,
    durationMs: row.duration_ms,
    error: row.error ?? undefined,
    response: row.response,
  };
}
