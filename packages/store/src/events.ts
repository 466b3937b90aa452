import type { Database } from './database.js';
import { isEventType, isOperationEvent, type EventType } from './event-types.js';
import { jobJson } from './job-json.js';
import { readJobs } from './read-jobs.js';
import { statement } from './statement.js';

/** Something that happened, as it is told: by webhooks and by the feed in the same words. */
export interface Event {
  /** The job's id for an operation's event. */
  readonly id: string;
  readonly type: EventType;
  /** RFC 3339, UTC. */
  readonly happenedAt: string;
  /** JSON. */
  readonly data: unknown;
}

export interface NumberedEvent extends Event {
  readonly number: number;
}

export interface EventFilter {
  /** Only events of this API key. */
  readonly apiKeyId: number | undefined;
  /** Only events of types that match any of these. */
  readonly patterns: readonly string[] | undefined;
}

interface EventRow {
  readonly number: bigint;
  readonly id: string;
  readonly type: string;
  readonly happened_at: string;
  readonly data: unknown;
}

const findNumber = statement<{ id: string; api_key: number | null }, { number: bigint }>('webhooks/find-event-number');
const readNumbers = statement<
  { after: number; until: number; limit: number; api_key: number | null; patterns: string[] | null },
  EventRow
>('webhooks/read-events');

/** One answer looks at so many events at most, however few of them are asked for. */
const LOOKED_AT_MAX = 20_000;

/** Numbers what happened since this was last called, so that the feed has it; answers the last number. */
export async function recordEvents(database: Database): Promise<number> {
  const { rows } = await database.query<{ last: bigint }>({
    name: 'record-events',
    text: 'select record_events() as last',
  });
  return Number(rows[0]?.last ?? 0);
}

/** Where in the order of events to read, and how many. */
interface Span {
  readonly after: number;
  readonly last: number;
  readonly limit: number;
}

/**
 * Recorded events beyond number `after` up to number `last`, in their order, at most `limit`. `until` says up to which
 * number nothing is missing: where few of many events are asked for, it may lie before `last` though there are less
 * than `limit`, and the next call goes on from it.
 */
export async function readEvents(
  database: Database,
  filter: EventFilter,
  span: Span,
): Promise<{ readonly events: readonly NumberedEvent[]; readonly until: number }> {
  const { rows, until } = await findEvents(database, filter, span);
  return { events: await describeEvents(database, rows), until };
}

/** As {@link readEvents}, but only which events there are, without what those of operations tell. */
export async function findEvents(
  database: Database,
  { apiKeyId, patterns }: EventFilter,
  { after, last, limit }: Span,
): Promise<{ readonly rows: readonly EventRow[]; readonly until: number }> {
  const rows: EventRow[] = [];
  const end = Math.min(last, after + LOOKED_AT_MAX);
  let until = after;
  // Without a filter the first look finds all; with one, each looks further than the one before.
  for (let span = limit; until < end && rows.length < limit; span *= 4) {
    const from = until;
    until = Math.min(until + span, end);
    const found = await readNumbers(database, {
      after: from,
      until,
      limit: limit - rows.length,
      api_key: apiKeyId ?? null,
      patterns: patterns === undefined ? null : [...patterns],
    });
    rows.push(...found);
    if (rows.length === limit) until = Number(rows.at(-1)?.number);
  }
  return { rows, until };
}

/** The number of a recorded event; undefined if there is none with this id, or it is another API key's. */
export async function findEventNumber(
  database: Database,
  id: string,
  apiKeyId: number | undefined,
): Promise<number | undefined> {
  const [row] = await findNumber(database, { id, api_key: apiKeyId ?? null });
  return row && Number(row.number);
}

/** What the events with these ids have to tell, by id. */
export async function readEventsById(
  database: Database,
  wanted: readonly { readonly id: string; readonly type: EventType }[],
): Promise<Map<string, Event>> {
  const idsOf = (isOperation: boolean): string[] =>
    wanted.filter(({ type }) => isOperationEvent(type) === isOperation).map(({ id }) => id);
  const jobs = await readJobs(database, idsOf(true));
  const others = idsOf(false);
  const kept = others.length === 0 ? [] : await database.knex('events').whereIn('id', others).select<KeptRow[]>('*');
  const typeOf = new Map(wanted.map(({ id, type }) => [id, type]));
  const events = new Map<string, Event>();
  for (const job of jobs) {
    const type = typeOf.get(job.id);
    if (job.ended === undefined || type === undefined) throw new Error(`job ${job.id} has an event but has not ended`);
    events.set(job.id, { id: job.id, type, happenedAt: job.ended.finishedAt, data: jobJson(job) });
  }
  for (const { id, type, created_at: happenedAt, data } of kept) {
    events.set(id, { id, type: knownType(type), happenedAt, data });
  }
  return events;
}

interface KeptRow {
  readonly id: string;
  readonly type: string;
  readonly created_at: string;
  readonly data: unknown;
}

async function describeEvents(database: Database, rows: readonly EventRow[]): Promise<NumberedEvent[]> {
  const operations = rows.filter((row) => isOperationEvent(knownType(row.type))).map((row) => row.id);
  const jobs = new Map((await readJobs(database, operations)).map((job) => [job.id, job]));
  return rows.map((row) => {
    const job = jobs.get(row.id);
    return {
      number: Number(row.number),
      id: row.id,
      type: knownType(row.type),
      happenedAt: row.happened_at,
      data: job === undefined ? row.data : jobJson(job),
    };
  });
}

/** Throws for a type that this version doesn't know. */
export function knownType(text: string): EventType {
  if (!isEventType(text)) throw new Error(`unknown type of event: ${text}`);
  return text;
}
