import { StillQueuedError } from './errors.js';
import { Transport, type ClientOptions, type Request } from './transport.js';
import type { Balance, HistoryEntry, HistoryFilter, Job, JobFilter, Money, Operation, Service } from './types.js';

const WAIT_S_MAX = 30;
const MS_PER_S = 1_000;
const PAGE = 200;

export interface SubmitOptions {
  /** The same key with the same operation is the same job, applied once. Made up if left out. */
  readonly idempotencyKey?: string;
  /** Seconds to wait for the outcome, 30 at most. Left out: the job comes back as it was accepted. */
  readonly waitS?: number;
}

/** Talks to a Saldo with one API key. */
export class SaldoClient {
  readonly #transport: Transport;

  constructor(options: ClientOptions) {
    this.#transport = new Transport(options);
  }

  /** Submits an operation. A rejected one is a finished job with an `error`, not an exception. */
  submit(operation: Operation, options: SubmitOptions = {}): Promise<Job> {
    return this.#send<Job>({ method: 'POST', path: '/v1/operations', body: operation, headers: headersOf(options) });
  }

  /** Submits 1 to 1000 operations: all are accepted, or none. Answers their jobs in the order given. */
  async submitBatch(
    operations: readonly (Operation & { readonly idempotency_key?: string })[],
    options: SubmitOptions = {},
  ): Promise<readonly Job[]> {
    const { jobs } = await this.#send<{ jobs: readonly Job[] }>({
      method: 'POST',
      path: '/v1/operations/batch',
      body: { operations },
      headers: headersOf(options),
    });
    return jobs;
  }

  /** The job as it is, after at most `waitS` seconds (30 at most) if it isn't finished before. */
  job(id: string, { waitS }: { readonly waitS?: number } = {}): Promise<Job> {
    return this.#send<Job>({ method: 'GET', path: `/v1/jobs/${encodeURIComponent(id)}`, query: { wait: waitS } });
  }

  /** Waits until a job is finished. Throws {@link StillQueuedError} if that takes longer than `timeoutMs` [60 s]. */
  async wait(id: string, { timeoutMs = 60_000 }: { readonly timeoutMs?: number } = {}): Promise<Job> {
    const end = Date.now() + timeoutMs;
    for (;;) {
      const leftS = Math.max(0, Math.ceil((end - Date.now()) / MS_PER_S));
      const job = await this.job(id, { waitS: Math.min(leftS, WAIT_S_MAX) });
      if (job.status !== 'queued') return job;
      if (Date.now() >= end) throw new StillQueuedError(`job ${id} is still queued after ${timeoutMs} ms`);
    }
  }

  balance(userId: string): Promise<Balance> {
    return this.#send<Balance>({ method: 'GET', path: `/v1/users/${encodeURIComponent(userId)}/balance` });
  }

  /** Every movement of a user's money, page after page as they are asked for. */
  userOperations(userId: string, filter: HistoryFilter = {}): AsyncGenerator<HistoryEntry, void> {
    return this.#list<HistoryEntry>(`/v1/users/${encodeURIComponent(userId)}/operations`, { ...filter });
  }

  /** Jobs, newest first. A merchant's key sees its own. */
  jobs(filter: JobFilter = {}): AsyncGenerator<Job, void> {
    return this.#list<Job>('/v1/jobs', { ...filter });
  }

  services(): AsyncGenerator<Service, void> {
    return this.#list<Service>('/v1/services', {});
  }

  /** Names a service, new or not. Takes an admin's key. */
  putService(
    id: string,
    service: { readonly name: string; readonly price?: Money; readonly description?: string },
  ): Promise<Service> {
    return this.#send<Service>({ method: 'PUT', path: `/v1/services/${encodeURIComponent(id)}`, body: service });
  }

  async *#list<Row>(path: string, filter: Readonly<Record<string, string | undefined>>): AsyncGenerator<Row, void> {
    let cursor: string | undefined;
    do {
      const query = { ...filter, limit: PAGE, cursor };
      const page = await this.#send<{ data: readonly Row[]; next_cursor: string | null }>({
        method: 'GET',
        path,
        query,
      });
      yield* page.data;
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined);
  }

  /** The API's description says what each path answers; the tests hold it to that. */
  async #send<Answer>(request: Request): Promise<Answer> {
    return (await this.#transport.send(request)) as Answer;
  }
}

function headersOf({ idempotencyKey = crypto.randomUUID(), waitS }: SubmitOptions): Record<string, string> {
  return { 'idempotency-key': idempotencyKey, ...(waitS === undefined ? {} : { prefer: `wait=${waitS}` }) };
}
