import { randomUUID } from 'node:crypto';
import { payerOf, type OperationRequest } from '@saldo/ledger';
import { laneOf } from '@saldo/queue';
import {
  acceptOperations,
  AccountIds,
  connectDatabase,
  LaneApplier,
  readJobs,
  type AcceptedJob,
  type Database,
  type Job,
  type LaneMove,
  type NewJob,
} from '@saldo/store';
import pg from 'pg';
import { sharedPostgres } from './postgres.js';

/** What became of a submission. */
export type Acceptance = Awaited<ReturnType<typeof acceptOperations>>[number];

interface Sender {
  readonly apiKeyId?: number;
  readonly idempotencyKey?: string;
}

/** Beside the connection that each lane's transaction has: for making accounts. */
const SPARE_CONNECTIONS = 3;
const FAILURES_MAX = 50;

/** A ledger in a database of its own, with what a gateway and a worker do to it at hand, but no queue. */
export class TestLedger {
  readonly url: string;
  readonly lanes: number;
  readonly database: Database;
  readonly #appliers: readonly LaneApplier[];
  /** What was in the way while lanes were worked off. */
  readonly failures: unknown[] = [];

  private constructor(url: string, lanes: number) {
    this.url = url;
    this.lanes = lanes;
    this.database = connectDatabase(url, { poolMax: lanes + SPARE_CONNECTIONS, name: 'saldo-test' });
    const accountIds = new AccountIds();
    this.#appliers = Array.from({ length: lanes }, (_, lane) => new LaneApplier(this.database, lane, accountIds));
  }

  static async create(lanes = 4): Promise<TestLedger> {
    return new TestLedger(await (await sharedPostgres()).createMigratedDatabase(lanes), lanes);
  }

  /** The same ledger as another process sees it: with a pool of its own, and nothing remembered. */
  another(): TestLedger {
    return new TestLedger(this.url, this.lanes);
  }

  newJob(request: OperationRequest, { apiKeyId = 1, idempotencyKey }: Sender = {}): NewJob {
    const userId = payerOf(request);
    return {
      id: randomUUID(),
      apiKeyId,
      idempotencyKey,
      type: request.type,
      userId,
      lane: laneOf(userId, this.lanes),
      priority: request.priority ?? 'normal',
      request,
    };
  }

  submit(...submissions: readonly (readonly NewJob[])[]): Promise<Acceptance[]> {
    return acceptOperations(this.database, this.lanes, submissions);
  }

  /** Accepts operations in one submission and answers their jobs. */
  async accept(...requests: readonly OperationRequest[]): Promise<readonly AcceptedJob[]> {
    const [acceptance] = await this.submit(requests.map((request) => this.newJob(request)));
    if (acceptance?.kind !== 'accepted') throw new Error('the operations were not accepted');
    return acceptance.jobs;
  }

  async applyNext(lane: number, limit = 1_000): Promise<Omit<LaneMove, 'ended'>[]> {
    const applier = this.#appliers[lane];
    if (applier === undefined) throw new Error(`there is no lane ${lane}`);
    return (await applier.applyNext(limit)).map(({ priority, applied }) => ({ priority, applied }));
  }

  /** Works every lane off, all at once, as a worker does: what fails since another was in the way is tried again. */
  async applyAll(limit = 1_000): Promise<void> {
    await Promise.all(this.#appliers.map((_, lane) => this.#workOff(lane, limit)));
  }

  /** Accepts and applies operations, and answers what became of each, in order. */
  async finish(...requests: readonly OperationRequest[]): Promise<Job[]> {
    const accepted = await this.accept(...requests);
    await this.applyAll();
    return this.jobs(accepted.map((job) => job.id));
  }

  /** The jobs with these ids, in this order. */
  async jobs(ids: readonly string[]): Promise<Job[]> {
    const jobs = new Map((await readJobs(this.database, ids)).map((job) => [job.id, job]));
    return ids.flatMap((id) => jobs.get(id) ?? []);
  }

  /** Runs a statement as nobody but a test may, and answers its rows. Numbers beyond 2^53 come as text. */
  async sql<Row extends object = Record<string, unknown>>(text: string, values: unknown[] = []): Promise<Row[]> {
    return this.#withClient(async (client) => (await client.query<Row>(text, values)).rows);
  }

  /** Changes rows behind the back of triggers and foreign keys. Throws if there are none to change. */
  async corrupt(text: string, ...values: unknown[]): Promise<void> {
    await this.#withClient(async (client) => {
      await client.query('set session_replication_role = replica');
      const { rowCount } = await client.query(text, values);
      if (rowCount === 0) throw new Error('no row was corrupted');
    });
  }

  close(): Promise<void> {
    return this.database.close();
  }

  async #withClient<Result>(use: (client: pg.Client) => Promise<Result>): Promise<Result> {
    const client = new pg.Client(this.url);
    await client.connect();
    try {
      return await use(client);
    } finally {
      await client.end();
    }
  }

  async #workOff(lane: number, limit: number): Promise<void> {
    for (;;) {
      try {
        if ((await this.applyNext(lane, limit)).length === 0) return;
      } catch (error) {
        this.failures.push(error);
        if (this.failures.length > FAILURES_MAX) throw error;
      }
    }
  }
}

/** How a job ended: `completed`, the reason of its rejection, or `queued`. */
export function endOf({ ended }: Job): string {
  if (ended === undefined) return 'queued';
  return ended.status === 'rejected' ? ended.reason : ended.status;
}
