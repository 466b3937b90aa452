import type { Logger } from '@saldo/config';
import {
  continueReplay,
  disableWebhookEndpoint,
  readDueDeliveries,
  readEventsById,
  readListeningEndpoint,
  writeWebhookAttempts,
  type Database,
  type DueDelivery,
  type Event,
  type FinishedAttempt,
} from '@saldo/store';
import {
  circuitPauseMs,
  FAILING_MS_MAX,
  isOnProbation,
  judge,
  signedHeaders,
  type SecretBox,
  type Verdict,
  type WebhookClient,
} from '@saldo/webhooks';
import { AttemptLog } from './attempt-log.js';

/** So many requests are under way to one endpoint at most. */
const CONCURRENCY = 10;
/** So many deliveries are in memory at most; more are read when there are less than the half. */
const TAKEN_MAX = 600;
/** What other processes write is looked for after so long at the latest. */
const LOOK_MS = 1_000;

export interface RunnerParts {
  readonly database: Database;
  readonly client: WebhookClient;
  readonly secretBox: SecretBox;
  readonly logger: Logger;
  /** Called when other endpoints have something to hear. */
  readonly wake: (endpointIds: readonly number[]) => void;
}

interface Target {
  readonly url: string;
  readonly secrets: readonly string[];
}

interface Taken {
  readonly delivery: DueDelivery;
  readonly event: Event;
  readonly target: Target;
}

/**
 * Tells one endpoint what it is to be told, until nothing is left. One that keeps failing is left alone for a while;
 * after that, the first success with a single delivery lets the others follow.
 */
export class EndpointRunner {
  readonly #endpointId: number;
  readonly #parts: RunnerParts;
  readonly #log: AttemptLog;
  /** Taken from Postgres, and not written back yet. */
  readonly #underWay = new Set<bigint>();
  #queue: Taken[] = [];
  #sending = 0;
  #failures: number;
  #pauseMs: number | undefined;
  #isGone = false;
  #isStopping = false;
  /** The writing of a replay's next deliveries. */
  #replaying: Promise<void> | undefined;
  /** Whether there may be more to take. */
  #mayHaveMore = true;
  #onProgress: () => void = () => undefined;

  /** `failures`: how often the endpoint has failed since its last success. */
  constructor(parts: RunnerParts, endpointId: number, failures: number) {
    this.#parts = parts;
    this.#endpointId = endpointId;
    this.#failures = failures;
    this.#log = new AttemptLog({
      write: (attempts) => this.#write(attempts),
      onError: (error) =>
        parts.logger.warn('webhook attempts could not be written; trying again', { endpointId, error }),
    });
  }

  /** Resolves when nothing is left to be done, or it was stopped and all that was under way is written. */
  async run(): Promise<void> {
    for (;;) {
      if (this.#isStopping) {
        if (this.#underWay.size === 0) return;
      } else if (this.#wantsMore()) {
        this.#mayHaveMore = false;
        if (await this.#takeMore()) continue;
        if (this.#underWay.size === 0) {
          if (!this.#mayHaveMore) return;
          continue;
        }
      }
      await this.#progress();
    }
  }

  /** Whether there was news that it has not looked at. */
  get isPoked(): boolean {
    return this.#mayHaveMore;
  }

  /** There is something new. */
  poke(): void {
    this.#mayHaveMore = true;
    this.#onProgress();
  }

  /** Begins nothing more. */
  stop(): void {
    this.#isStopping = true;
    for (const { delivery } of this.#queue) this.#underWay.delete(delivery.id);
    this.#queue = [];
    this.#onProgress();
  }

  /** Forgets what is under way. It will be sent again, with the same id. */
  abandon(): void {
    this.stop();
    this.#log.abandon();
    this.#underWay.clear();
    this.#onProgress();
  }

  #wantsMore(): boolean {
    if (this.#underWay.size === 0) return true;
    return this.#mayHaveMore && !isOnProbation(this.#failures) && this.#underWay.size < TAKEN_MAX / 2;
  }

  /** Reads what is due. The endpoint is read each time too: its URL or secret may have changed. */
  async #takeMore(): Promise<boolean> {
    const { database, secretBox } = this.#parts;
    await this.#replaying;
    const limit = isOnProbation(this.#failures) ? 1 : TAKEN_MAX - this.#underWay.size;
    const [endpoint, due] = await Promise.all([
      readListeningEndpoint(database, this.#endpointId),
      readDueDeliveries(database, this.#endpointId, { underWay: [...this.#underWay], limit }),
    ]);
    if (endpoint === undefined) {
      this.stop();
      return true;
    }
    this.#mayHaveMore ||= due.length === limit || endpoint.isReplaying;
    const target = { url: endpoint.url, secrets: endpoint.secrets.map((secret) => secretBox.open(secret)) };
    const events = await readEventsById(
      database,
      due.map(({ eventId: id, type }) => ({ id, type })),
    );
    if (this.#isStopping) return true;
    for (const delivery of due) {
      const event = events.get(delivery.eventId);
      if (event === undefined) throw new Error(`delivery ${delivery.id} tells of no event`);
      this.#underWay.add(delivery.id);
      this.#queue.push({ delivery, event, target });
    }
    this.#pump();
    if (due.length < limit && endpoint.isReplaying) this.#continueReplay();
    return due.length > 0;
  }

  /** Has the next deliveries of a replay written while those before are sent. What fails is heard of by the next look. */
  #continueReplay(): void {
    this.#replaying = continueReplay(this.#parts.database, this.#endpointId);
    this.#replaying.catch(() => undefined);
  }

  #pump(): void {
    for (let taken = this.#next(); taken !== undefined; taken = this.#next()) {
      this.#sending += 1;
      void this.#send(taken).finally(() => {
        this.#sending -= 1;
        this.#pump();
      });
    }
  }

  #next(): Taken | undefined {
    return this.#sending < CONCURRENCY ? this.#queue.shift() : undefined;
  }

  async #send({ delivery, event, target }: Taken): Promise<void> {
    const now = new Date();
    const body = JSON.stringify({ type: event.type, timestamp: event.happenedAt, data: event.data });
    const headers = signedHeaders(target.secrets, { id: delivery.eventId, body, now });
    const answer = await this.#parts.client.post(target.url, headers, body);
    const verdict = judge(answer, delivery.attempts + 1, Math.random(), new Date());
    this.#heed(verdict);
    this.#log.add({
      delivery,
      attemptedAt: now.toISOString(),
      httpStatus: answer.httpStatus,
      durationMs: answer.durationMs,
      response: answer.response,
      error: verdict.kind === 'failed' ? verdict.error : undefined,
      retryDelayMs: verdict.kind === 'failed' ? verdict.retryDelayMs : undefined,
    });
  }

  /** What an attempt means for the endpoint as a whole. */
  #heed(verdict: Verdict): void {
    if (verdict.kind === 'delivered') {
      this.#failures = 0;
      return;
    }
    this.#isGone ||= verdict.isGone;
    // What was sent together and fails together is one reason to leave the endpoint alone, not several.
    if (this.#isStopping) return;
    this.#failures += 1;
    const pauseMs = Math.max(circuitPauseMs(this.#failures) ?? 0, verdict.askedPauseMs ?? 0);
    if (pauseMs > 0) this.#pauseMs = Math.max(pauseMs, this.#pauseMs ?? 0);
    if (pauseMs > 0 || verdict.isGone) this.stop();
  }

  async #write(attempts: readonly FinishedAttempt[]): Promise<void> {
    const { database, logger, wake } = this.#parts;
    const endpointId = this.#endpointId;
    const failingMs = await writeWebhookAttempts(database, endpointId, attempts, {
      failures: this.#failures,
      pauseMs: this.#pauseMs,
    });
    const reason = this.#isGone ? 'gone' : failingMs >= FAILING_MS_MAX ? 'failing' : undefined;
    if (reason !== undefined) {
      this.stop();
      wake(await disableWebhookEndpoint(database, endpointId, reason));
      logger.info('a webhook endpoint was disabled', { endpointId, reason });
    }
    for (const { delivery } of attempts) this.#underWay.delete(delivery.id);
    this.#onProgress();
  }

  /** Resolves when something was written, somebody poked, or enough time has passed to look by itself. */
  #progress(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.poke(), LOOK_MS);
      this.#onProgress = () => {
        clearTimeout(timer);
        this.#onProgress = () => undefined;
        resolve();
      };
    });
  }
}
