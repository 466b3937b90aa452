import type { AppliedWatch } from '@saldo/queue';
import { endedJson, readJobs, type AcceptedJob, type Database, type EndedJson, type Job } from '@saldo/store';

const READ_MAX = 1_000;

/** Waits for jobs to finish, and reads those that finish together in one go. */
export class FinishedJobs {
  readonly #database: Database;
  readonly #watch: AppliedWatch;
  #wanted = new Map<string, ((job: Job | undefined) => void)[]>();
  #failed: ((error: unknown) => void)[] = [];

  constructor(database: Database, watch: AppliedWatch) {
    this.#database = database;
    this.#watch = watch;
  }

  /** Resolves to whether all were applied within `timeoutMs`. */
  async wait(
    jobs: readonly Pick<AcceptedJob, 'lane' | 'priority' | 'position'>[],
    timeoutMs: number,
  ): Promise<boolean> {
    const last = new Map<string, Pick<AcceptedJob, 'lane' | 'priority' | 'position'>>();
    for (const job of jobs) {
      const key = `${job.lane}/${job.priority}`;
      const before = last.get(key);
      if (before === undefined || before.position < job.position) last.set(key, job);
    }
    const applied = await Promise.all(
      [...last.values()].map((job) => this.#watch.wait(job.lane, job.priority, job.position, timeoutMs)),
    );
    return applied.every((told) => told !== undefined);
  }

  /** How a job ended that was accepted for a request; undefined where that isn't known within `timeoutMs`. */
  async end(accepted: AcceptedJob, timeoutMs: number): Promise<EndedJson | undefined> {
    const { id, lane, priority, position, replayed } = accepted;
    const told = await this.#watch.wait(lane, priority, position, timeoutMs);
    if (told?.[id] !== undefined) return told[id] as EndedJson;
    // One that was accepted before may be long applied, whatever this process has heard since it started.
    const job = told !== undefined || replayed ? await this.read(id) : undefined;
    return job?.ended && endedJson(job.ended);
  }

  /** Reads one job, together with whatever else is asked for in the same turn of the event loop. */
  read(id: string): Promise<Job | undefined> {
    return new Promise((resolve, reject) => {
      if (this.#wanted.size === 0) setImmediate(() => void this.#readWanted());
      const resolvers = this.#wanted.get(id);
      if (resolvers === undefined) this.#wanted.set(id, [resolve]);
      else resolvers.push(resolve);
      this.#failed.push(reject);
    });
  }

  /** Reads many at once, in the order given. */
  async readAll(ids: readonly string[]): Promise<(Job | undefined)[]> {
    const jobs = new Map<string, Job>();
    for (let start = 0; start < ids.length; start += READ_MAX) {
      for (const job of await readJobs(this.#database, ids.slice(start, start + READ_MAX))) jobs.set(job.id, job);
    }
    return ids.map((id) => jobs.get(id));
  }

  async #readWanted(): Promise<void> {
    const wanted = this.#wanted;
    const failed = this.#failed;
    this.#wanted = new Map();
    this.#failed = [];
    try {
      const ids = [...wanted.keys()];
      const jobs = await this.readAll(ids);
      ids.forEach((id, index) => wanted.get(id)?.forEach((resolve) => resolve(jobs[index])));
    } catch (error) {
      for (const reject of failed) reject(error);
    }
  }
}
