import type { Database } from './database.js';
import { type EventType } from './event-types.js';
import { findEvents, knownType } from './events.js';
import { statement } from './statement.js';

/** What whoever works for an endpoint has to know of it. */
export interface ListeningEndpoint {
  readonly url: string;
  /** Encrypted. The newest first; the one before it while it is still good. */
  readonly secrets: readonly Buffer[];
  /** Whether it is to be told older events again. */
  readonly isReplaying: boolean;
}

/** An event that an endpoint is to be told now. */
export interface DueDelivery {
  readonly id: bigint;
  readonly eventId: string;
  readonly type: EventType;
  /** How many were made before. */
  readonly attempts: number;
}

/** What came of telling an endpoint something once. */
export interface FinishedAttempt {
  readonly delivery: DueDelivery;
  /** RFC 3339. */
  readonly attemptedAt: string;
  readonly httpStatus: number | undefined;
  readonly durationMs: number;
  /** The class of error; undefined if it was delivered. */
  readonly error: string | undefined;
  readonly response: string;
  /** When it is tried again; undefined if it is delivered or given up. */
  readonly retryDelayMs: number | undefined;
}

const take = statement<{ endpoint: number; owner: string; lease_ms: number }, { failures: number }>(
  'webhooks/take-endpoint',
);
const keep = statement<{ endpoints: number[]; owner: string; lease_ms: number }, { endpoint_id: number }>(
  'webhooks/keep-endpoints',
);
const findDue = statement<Record<never, never>, { endpoint_id: number }>('webhooks/find-due-endpoints');
const readDue = statement<
  { endpoint: number; under_way: bigint[]; limit: number },
  { id: bigint; event_id: string; type: string; attempts: number }
>('webhooks/read-due');
const writeAttempts = statement<Record<string, unknown>, { failing_ms: number | null }>('webhooks/write-attempts');
const writeReplay = statement<{ endpoint: number; after: number; until: number; event_ids: string[]; types: string[] }>(
  'webhooks/write-replay',
);
const clean = statement<{ kept_ms: number; limit: number }, { gone: bigint }>('webhooks/clean');

/**
 * Makes `owner` (a UUID) the process that works for an endpoint, for so long: at most one does. Answers how often it has
 * failed since its last success; undefined if another process works for it, or nobody may just now.
 */
export async function takeWebhookEndpoint(
  database: Database,
  endpointId: number,
  owner: string,
  leaseMs: number,
): Promise<number | undefined> {
  const [taken] = await take(database, { endpoint: endpointId, owner, lease_ms: leaseMs });
  return taken?.failures;
}

/** Keeps endpoints for longer. Answers those that are the owner's still. */
export async function keepWebhookEndpoints(
  database: Database,
  endpointIds: readonly number[],
  owner: string,
  leaseMs: number,
): Promise<number[]> {
  const kept = await keep(database, { endpoints: [...endpointIds], owner, lease_ms: leaseMs });
  return kept.map((row) => row.endpoint_id);
}

/** Lets others work for an endpoint. */
export async function releaseWebhookEndpoint(database: Database, endpointId: number, owner: string): Promise<void> {
  await database
    .knex('webhook_states')
    .where({ endpoint_id: endpointId, owner })
    .update({ owner: null, owned_until: null });
}

/** Endpoints that have something to hear and nobody who sees to it. */
export async function findDueWebhookEndpoints(database: Database): Promise<number[]> {
  return (await findDue(database, {})).map((row) => row.endpoint_id);
}

/** Undefined if it is to hear nothing any more. */
export async function readListeningEndpoint(
  database: Database,
  endpointId: number,
): Promise<ListeningEndpoint | undefined> {
  const row = await database
    .knex('listening_endpoints as e')
    .join('webhook_states as s', 's.endpoint_id', 'e.id')
    .where('e.id', endpointId)
    .first<
      | {
          url: string;
          secret: Buffer;
          previous_secret: Buffer | null;
          replayed: bigint | null;
          replay_last: bigint | null;
        }
      | undefined
    >('e.url', 'e.secret', 'e.previous_secret', 's.replayed', 's.replay_last');
  return (
    row && {
      url: row.url,
      secrets: row.previous_secret === null ? [row.secret] : [row.secret, row.previous_secret],
      isReplaying: row.replayed !== null && row.replay_last !== null && row.replayed < row.replay_last,
    }
  );
}

/** What an endpoint is to be told now, but for what is under way. */
export async function readDueDeliveries(
  database: Database,
  endpointId: number,
  { underWay, limit }: { readonly underWay: readonly bigint[]; readonly limit: number },
): Promise<DueDelivery[]> {
  const rows = await readDue(database, { endpoint: endpointId, under_way: [...underWay], limit });
  return rows.map((row) => ({ id: row.id, eventId: row.event_id, type: knownType(row.type), attempts: row.attempts }));
}

/** How an endpoint is doing after some attempts. */
interface EndpointHealth {
  /** Since its last success. */
  readonly failures: number;
  /** For how long nothing is sent to it. */
  readonly pauseMs: number | undefined;
}

/** Writes what came of attempts at one endpoint. Answers for how long it has been failing, in milliseconds. */
export async function writeWebhookAttempts(
  database: Database,
  endpointId: number,
  attempts: readonly FinishedAttempt[],
  { failures, pauseMs }: EndpointHealth,
): Promise<number> {
  const [state] = await writeAttempts(database, {
    endpoint: endpointId,
    deliveries: attempts.map(({ delivery }) => delivery.id),
    attempted: attempts.map(({ attemptedAt }) => attemptedAt),
    http_statuses: attempts.map(({ httpStatus }) => httpStatus ?? null),
    durations: attempts.map(({ durationMs }) => durationMs),
    errors: attempts.map(({ error }) => error ?? null),
    responses: attempts.map(({ response }) => response),
    delays: attempts.map(({ retryDelayMs }) => retryDelayMs ?? null),
    failures,
    has_succeeded: attempts.some(({ error }) => error === undefined),
    pause_ms: pauseMs ?? null,
  });
  return state?.failing_ms ?? 0;
}

const REPLAYED_AT_ONCE = 2_000;

/** Writes the next deliveries of the replay that an endpoint is in, if it is in one. */
export async function continueReplay(database: Database, endpointId: number): Promise<void> {
  const replay = await database
    .knex('webhook_states as s')
    .join('listening_endpoints as e', 'e.id', 's.endpoint_id')
    .where('e.id', endpointId)
    .first<ReplayRow | undefined>(
      's.replayed',
      's.replay_last',
      's.replay_since',
      'e.api_key',
      'e.hears_all',
      'e.events',
    );
  if (replay === undefined) return;
  const { replayed, replay_last: last, replay_since: since } = replay;
  if (replayed === null || last === null || since === null) return;
  const { rows, until } = await findEvents(
    database,
    { apiKeyId: replay.hears_all ? undefined : replay.api_key, patterns: replay.events },
    { after: Number(replayed), last: Number(last), limit: REPLAYED_AT_ONCE },
  );
  const wanted = rows.filter((event) => Date.parse(event.happened_at) >= Date.parse(since));
  await writeReplay(database, {
    endpoint: endpointId,
    after: Number(replayed),
    until,
    event_ids: wanted.map((event) => event.id),
    types: wanted.map((event) => event.type),
  });
}

interface ReplayRow {
  readonly replayed: bigint | null;
  readonly replay_last: bigint | null;
  readonly replay_since: string | null;
  readonly api_key: number;
  readonly hears_all: boolean;
  readonly events: string[];
}

const CLEANED_AT_ONCE = 5_000;

/** Deletes deliveries, with their attempts, that ended longer ago than `keptMs`. */
export async function cleanWebhooks(database: Database, keptMs: number): Promise<void> {
  for (;;) {
    const [cleaned] = await clean(database, { kept_ms: keptMs, limit: CLEANED_AT_ONCE });
    if (Number(cleaned?.gone ?? 0) < CLEANED_AT_ONCE) return;
  }
}
