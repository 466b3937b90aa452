import { PRIORITIES, type OperationRequest, type OperationType, type Priority } from '@saldo/ledger';
import type { Database } from './database.js';
import { isUniqueViolation } from './errors.js';
import { priorityAt, priorityIndex } from './priority.js';

/** An operation that asks to be accepted. */
export interface NewJob {
  /** A UUID of version 7: its time orders lists. */
  readonly id: string;
  readonly apiKeyId: number;
  readonly idempotencyKey: string | undefined;
  readonly type: OperationType;
  readonly userId: string;
  readonly lane: number;
  readonly priority: Priority;
  readonly request: OperationRequest;
}

/** Where an accepted operation stands: its place in its lane, and when it was accepted. */
export interface AcceptedJob {
  readonly id: string;
  readonly lane: number;
  readonly priority: Priority;
  readonly position: number;
  readonly acceptedAt: string;
}

/**
 * What became of a new job. `replayed`: its idempotency key was used before for the same request, whose job this
 * is. `mismatched`: the key was used for another request; nothing was accepted for it.
 */
export type Acceptance =
  | { readonly kind: 'accepted'; readonly job: AcceptedJob }
  | { readonly kind: 'replayed'; readonly job: AcceptedJob }
  | { readonly kind: 'mismatched' };

const TRIES_MAX = 5;

/**
 * Accepts operations durably, in the order given, and says where each stands. Set-based: one statement, one commit.
 * Two with one idempotency key must not be in the same call. Throws what Postgres throws; then nothing was accepted.
 */
export async function acceptOperations(database: Database, laneCount: number, jobs: readonly NewJob[]): Promise<Acceptance[]> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await tryAccept(database, laneCount, jobs);
    } catch (error) {
      // The same key came in on another lane at the same moment: now it can be seen.
      if (!isUniqueViolation(error, 'jobs_by_idempotency_key') || tries === TRIES_MAX) throw error;
    }
  }
}

interface Answer {
  readonly at: string;
  readonly moved: readonly { lane: number; priority: number; accepted: number }[];
  readonly replays: readonly {
    ordinal: number; same: boolean; id: string; lane: number; priority: number; position: number; accepted_at: string;
  }[];
}

async function tryAccept(database: Database, laneCount: number, jobs: readonly NewJob[]): Promise<Acceptance[]> {
  const lanes = new Map<number, { lane: number; priority: number }>();
  const rows = jobs.map((job) => {
    const priority = priorityIndex(job.priority);
    lanes.set(laneKey(job.lane, priority), { lane: job.lane, priority });
    return { id: job.id, k: job.apiKeyId, i: job.idempotencyKey, t: job.type, u: job.userId, l: job.lane, p: priority, r: job.request };
  });
  const needed = [...lanes.values()];
  const { rows: answers } = await database.knex
    .raw<{ rows: { answer: Answer }[] }>(
      'select accept_operations(?::smallint, ?::smallint[], ?::smallint[], ?::json, ?::boolean) as answer',
      [laneCount, needed.map((n) => n.lane), needed.map((n) => n.priority), JSON.stringify(rows),
        jobs.some((job) => job.idempotencyKey !== undefined)],
    )
    .options({ name: 'accept-operations' });
  const answer = answers[0]?.answer;
  if (answer === undefined) throw new Error('accept_operations gave no answer');
  return placeJobs(jobs, answer);
}

/** Positions follow from the lanes' new counts: the accepted jobs of a lane are its last ones, in order. */
function placeJobs(jobs: readonly NewJob[], answer: Answer): Acceptance[] {
  const replays = new Map(answer.replays.map((replay) => [replay.ordinal - 1, replay]));
  const next = new Map(answer.moved.map((moved) => [laneKey(moved.lane, moved.priority), moved.accepted + 1]));
  jobs.forEach((job, index) => {
    if (!replays.has(index)) shift(next, laneOf(job), -1);
  });
  const acceptedAt = utc(answer.at);
  return jobs.map((job, index) => {
    const replay = replays.get(index);
    if (replay === undefined) {
      const position = shift(next, laneOf(job), 1);
      return { kind: 'accepted', job: { id: job.id, lane: job.lane, priority: job.priority, position, acceptedAt } };
    }
    if (!replay.same) return { kind: 'mismatched' };
    const { id, lane, position } = replay;
    return { kind: 'replayed', job: { id, lane, priority: priorityAt(replay.priority), position, acceptedAt: utc(replay.accepted_at) } };
  });
}

function laneOf(job: NewJob): number {
  return laneKey(job.lane, priorityIndex(job.priority));
}

function laneKey(lane: number, priority: number): number {
  return lane * PRIORITIES.length + priority;
}

/** Moves a lane's next position by `by` and answers the one before the move. */
function shift(next: Map<number, number>, key: number, by: number): number {
  const position = next.get(key);
  if (position === undefined) throw new Error('a lane was accepted for but not moved');
  next.set(key, position + by);
  return position;
}

/** JSON spells UTC as +00:00. */
function utc(text: string): string {
  return text.replace(/\+00:00$/, 'Z');
}
