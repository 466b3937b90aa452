import type { Priority } from '@saldo/ledger';
import type { LaneEnvelope } from './envelope.js';

/** What the intake has to know of a job that asks to be accepted. */
export interface Submitted {
  readonly apiKeyId: number;
  readonly idempotencyKey: string | undefined;
  readonly request: unknown;
}

/** What the intake has to know of a job that was accepted. */
export interface Placed {
  readonly lane: number;
  readonly priority: Priority;
  readonly position: number;
}

export type Accepted<Job extends Placed> =
  | { readonly kind: 'accepted'; readonly jobs: readonly Job[] }
  | { readonly kind: 'mismatched'; readonly indexes: readonly number[] };

export interface IntakeOptions<New extends Submitted, Job extends Placed> {
  /** Accepts submissions durably, each whole or not at all. Two jobs with one idempotency key are never in one call. */
  readonly accept: (submissions: readonly (readonly New[])[]) => Promise<readonly Accepted<Job>[]>;
  /** Called for each lane and priority that accepted something, with its last position. */
  readonly wake: (accepted: LaneEnvelope) => void;
  /** A flush takes no further submission once it has so many operations. */
  readonly flushMax: number;
  /** So many operations may wait in memory; more are turned away. */
  readonly waitingMax: number;
  /** How many operations that were accepted wait to be applied. Asked for every submission. */
  readonly backlog: () => number;
  /** Once the backlog is so long, more are turned away. */
  readonly backlogMax: number;
}

/** More is waiting than is good: to be accepted, in this process's memory, or to be applied. */
export class OverloadedError extends Error {
  override readonly name = 'OverloadedError';
}

interface Waiting<New, Job extends Placed> {
  readonly jobs: readonly New[];
  readonly resolve: (accepted: Accepted<Job>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Gathers what comes in and has it accepted together, as soon as the flush before is done: there is no timer, so an
 * idle gateway flushes at once and a busy one grows its batch.
 */
export class Intake<New extends Submitted, Job extends Placed> {
  readonly #options: IntakeOptions<New, Job>;
  #waiting: Waiting<New, Job>[] = [];
  #waitingCount = 0;
  #isFlushing = false;

  constructor(options: IntakeOptions<New, Job>) {
    this.#options = options;
  }

  /**
   * Resolves when the submission is durable, with its jobs in the order given, or with what is wrong with its
   * idempotency keys. Rejects with {@link OverloadedError}, or with the error of `accept`.
   */
  submit(jobs: readonly New[]): Promise<Accepted<Job>> {
    const { waitingMax, backlog, backlogMax } = this.#options;
    if (this.#waitingCount + jobs.length > waitingMax)
      return Promise.reject(new OverloadedError('too much is waiting to be accepted'));
    if (backlog() >= backlogMax) return Promise.reject(new OverloadedError('too much is waiting to be applied'));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ jobs, resolve, reject });
      this.#waitingCount += jobs.length;
      if (!this.#isFlushing) void this.#flushAll();
    });
  }

  async #flushAll(): Promise<void> {
    this.#isFlushing = true;
    // What arrives in the same turn of the event loop goes along.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) await this.#flush();
    this.#isFlushing = false;
  }

  async #flush(): Promise<void> {
    const { leaders, followers } = this.#take();
    try {
      const accepted = await this.#options.accept(leaders.map((leader) => leader.jobs));
      this.#wakeLanes(accepted);
      leaders.forEach((leader, index) => {
        const result = accepted[index];
        if (result === undefined) throw new Error('a submission was not answered');
        leader.resolve(result);
        for (const follower of followers.get(leader) ?? []) follower.resolve(asReplayed(result));
      });
    } catch (error) {
      for (const waiting of [...leaders, ...[...followers.values()].flat()]) waiting.reject(error);
    }
  }

  /**
   * Takes submissions off the front, up to `flushMax` operations. One that shares an idempotency key with another
   * already taken waits for the next flush, so that only Postgres decides on keys; but an equal single operation, as
   * an impatient client sends it, follows the first: it will have the same answer.
   */
  #take(): { leaders: Waiting<New, Job>[]; followers: Map<Waiting<New, Job>, Waiting<New, Job>[]> } {
    const leaders: Waiting<New, Job>[] = [];
    const followers = new Map<Waiting<New, Job>, Waiting<New, Job>[]>();
    const deferred: Waiting<New, Job>[] = [];
    const byKey = new Map<string, Waiting<New, Job>>();
    let count = 0;
    let next = 0;
    for (; next < this.#waiting.length && count < this.#options.flushMax; next += 1) {
      const waiting = this.#waiting[next];
      if (waiting === undefined) break;
      const keys = waiting.jobs.flatMap((job) =>
        job.idempotencyKey === undefined ? [] : [`${job.apiKeyId}/${job.idempotencyKey}`],
      );
      const first = keys.map((key) => byKey.get(key)).find((leader) => leader !== undefined);
      if (first === undefined) {
        leaders.push(waiting);
        for (const key of keys) byKey.set(key, waiting);
      } else if (isEqualSingle(first, waiting)) {
        followers.set(first, [...(followers.get(first) ?? []), waiting]);
      } else {
        deferred.push(waiting);
        // Later ones with its other keys must not overtake it.
        for (const key of keys) if (!byKey.has(key)) byKey.set(key, waiting);
        continue;
      }
      count += waiting.jobs.length;
    }
    this.#waiting = [...deferred, ...this.#waiting.slice(next)];
    this.#waitingCount -= count;
    return { leaders, followers };
  }

  #wakeLanes(accepted: readonly Accepted<Job>[]): void {
    const last = new Map<string, Job>();
    for (const result of accepted) {
      if (result.kind === 'mismatched') continue;
      for (const job of result.jobs) {
        const key = `${job.lane}/${job.priority}`;
        const before = last.get(key);
        if (before === undefined || before.position < job.position) last.set(key, job);
      }
    }
    for (const { lane, priority, position } of last.values()) this.#options.wake({ lane, priority, last: position });
  }
}

function isEqualSingle<New extends Submitted>(
  first: { jobs: readonly New[] },
  second: { jobs: readonly New[] },
): boolean {
  const [a, ...moreOfA] = first.jobs;
  const [b, ...moreOfB] = second.jobs;
  if (a === undefined || b === undefined || moreOfA.length + moreOfB.length > 0) return false;
  return JSON.stringify(a.request) === JSON.stringify(b.request);
}

function asReplayed<Job extends Placed>(accepted: Accepted<Job>): Accepted<Job> {
  return accepted.kind === 'mismatched'
    ? accepted
    : { kind: 'accepted', jobs: accepted.jobs.map((job) => ({ ...job, replayed: true })) };
}
