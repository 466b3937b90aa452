import { randomUUID } from 'node:crypto';
import type { Queryable } from './database.js';
import type { EventType } from './event-types.js';
import { statement } from './statement.js';

/** What has to be known of an event to find out who wants to hear of it. */
export interface OutboxEvent {
  readonly id: string;
  /** Whose it is. */
  readonly apiKeyId: number;
  readonly type: EventType;
}

interface NewEvent {
  readonly id: string;
  readonly api_key: number;
  readonly type: EventType;
  readonly data: string;
}

const insertDeliveries = statement<
  { event_ids: string[]; api_keys: number[]; types: EventType[] },
  { endpoint_id: number }
>('webhooks/write-outbox');
const insertEvent = statement<NewEvent>('webhooks/write-event');

/**
 * Writes deliveries for whoever listens, in the transaction in which the events happen. Answers which endpoints got
 * something: they are to be woken once that is committed, and are found by a sweep if that is forgotten.
 */
export async function writeOutbox(transaction: Queryable, events: readonly OutboxEvent[]): Promise<number[]> {
  const rows = await insertDeliveries(transaction, {
    event_ids: events.map((event) => event.id),
    api_keys: events.map((event) => event.apiKeyId),
    types: events.map((event) => event.type),
  });
  return rows.map((row) => row.endpoint_id);
}

/**
 * Writes an event that is no operation's, say of a report, with what it tells, and its deliveries. To be called in the
 * transaction in which it happens; answers as {@link writeOutbox} does.
 */
export async function writeEvent(
  transaction: Queryable,
  { apiKeyId, type, data }: Pick<OutboxEvent, 'apiKeyId' | 'type'> & { readonly data: unknown },
): Promise<number[]> {
  const id = randomUUID();
  const [, endpointIds] = await Promise.all([
    insertEvent(transaction, { id, api_key: apiKeyId, type, data: JSON.stringify(data) }),
    writeOutbox(transaction, [{ id, apiKeyId, type }]),
  ]);
  return endpointIds;
}
