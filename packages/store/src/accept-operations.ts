import type { OperationRequest, OperationType, Priority } from '@saldo/ledger';
import type { Database } from './database.js';
import { isUniqueViolation } from './errors.js';
import { priorityAt, priorityIndex } from './priority.js';
import { statement } from './statement.js';

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
  /** RFC 3339, UTC. */
  readonly acceptedAt: string;
  /** The idempotency key had been used before for the same request: this is the job it got then. */
  readonly replayed: boolean;
}

/**
 * What became of a submission: a job for each of its operations, or nothing accepted at all, because the idempotency
 * keys of those at `indexes` had been used for other requests.
 */
export type Acceptance =
  | { readonly kind: 'accepted'; readonly jobs: readonly AcceptedJob[] }
  | { readonly kind: 'mismatched'; readonly indexes: readonly number[] };

const TRIES_MAX = 5;

/**
 * Accepts submissions durably, each whole or not at all, in the order given, and says where each job stands.
 * Set-based: one statement, one commit. Two jobs with one idempotency key must not be in the same call.
 * Throws what Postgres throws; then nothing was accepted.
 */
export async function acceptOperations(
  database: Database,
  laneCount: number,
  submissions: readonly (readonly NewJob[])[],
): Promise<Acceptance[]> {
  for (let tries = 1; ; tries += 1) {
    try {
      const answer = await callAccept(database, laneCount, submissions);
      return placeJobs(submissions, answer);
    } catch (error) {
      // The same key came in on another lane at the same moment: now it can be seen.
      if (!isUniqueViolation(error, 'jobs_by_idempotency_key') || tries === TRIES_MAX) throw error;
    }
  }
}

interface Replay {
  readonly ordinal: number;
  readonly same: boolean;
  readonly id: string;
  readonly lane: number;
  readonly priority: number;
  readonly position: number;
  readonly accepted_at: string;
}

interface Answer {
  readonly at: string;
  readonly moved: readonly { readonly lane: number; readonly priority: number; readonly accepted: number }[];
  readonly replays: readonly Replay[];
}

const accept = statement<
  { lanes: number; lane: number[]; priority: number[]; rows: string; keyed: boolean },
  { answer: Answer }
>('accept-operations');

async function callAccept(
  database: Database,
  laneCount: number,
  submissions: readonly (readonly NewJob[])[],
): Promise<Answer> {
  const lanes = new Map<string, { lane: number; priority: number }>();
  let keyed = false;
  const rows = submissions.flatMap((jobs, submission) =>
    jobs.map((job) => {
      const priority = priorityIndex(job.priority);
      lanes.set(`${job.lane}/${job.priority}`, { lane: job.lane, priority });
      keyed ||= job.idempotencyKey !== undefined;
      return {
        id: job.id,
        s: submission,
        k: job.apiKeyId,
        i: job.idempotencyKey,
        t: job.type,
        u: job.userId,
        l: job.lane,
        p: priority,
        r: job.request,
      };
    }),
  );
  const needed = [...lanes.values()];
  const answers = await accept(database, {
    lanes: laneCount,
    lane: needed.map((n) => n.lane),
    priority: needed.map((n) => n.priority),
    rows: JSON.stringify(rows),
    keyed,
  });
  const answer = answers[0]?.answer;
  if (answer === undefined) throw new Error('accept_operations gave no answer');
  return answer;
}

/** Positions follow from the lanes' new counts: what a lane accepted here are its last positions, in order. */
function placeJobs(submissions: readonly (readonly NewJob[])[], answer: Answer): Acceptance[] {
  const replays = new Map(answer.replays.map((replay) => [replay.ordinal - 1, replay]));
  let ordinal = 0;
  const submitted = submissions.map((jobs) => jobs.map((job) => ({ job, replay: replays.get(ordinal++) })));
  const isAccepted = (rows: readonly { replay: Replay | undefined }[]): boolean =>
    rows.every(({ replay }) => replay?.same !== false);

  const next = new Map(
    answer.moved.map(({ lane, priority, accepted }) => [`${lane}/${priorityAt(priority)}`, accepted + 1]),
  );
  const shift = (job: NewJob, by: number): number => {
    const key = `${job.lane}/${job.priority}`;
    const position = next.get(key);
    if (position === undefined) throw new Error(`lane ${key} was accepted for but did not move`);
    next.set(key, position + by);
    return position;
  };
  for (const rows of submitted.filter(isAccepted)) {
    for (const { job, replay } of rows) if (replay === undefined) shift(job, -1);
  }
  const acceptedAt = utc(answer.at);
  return submitted.map((rows): Acceptance => {
    if (!isAccepted(rows)) {
      return {
        kind: 'mismatched',
        indexes: rows.flatMap(({ replay }, index) => (replay?.same === false ? [index] : [])),
      };
    }
    return {
      kind: 'accepted',
      jobs: rows.map(({ job, replay }) =>
        replay === undefined
          ? { id: job.id, lane: job.lane, priority: job.priority, position: shift(job, 1), acceptedAt, replayed: false }
          : replayedJob(replay),
      ),
    };
  });
}

function replayedJob({ id, lane, priority, position, accepted_at: at }: Replay): AcceptedJob {
  return { id, lane, priority: priorityAt(priority), position, acceptedAt: utc(at), replayed: true };
}

/** JSON spells UTC as +00:00. */
function utc(text: string): string {
  return text.replace(/\+00:00$/, 'Z');
}
