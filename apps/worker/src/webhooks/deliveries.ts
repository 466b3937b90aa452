import { randomUUID } from 'node:crypto';
import type { Logger } from '@saldo/config';
import { wakeEndpoint, workEndpoints, type Carrier } from '@saldo/queue';
import {
  findDueWebhookEndpoints,
  keepWebhookEndpoints,
  releaseWebhookEndpoint,
  takeWebhookEndpoint,
  type Database,
} from '@saldo/store';
import { WebhookClient, type SecretBox } from '@saldo/webhooks';
import { repeat } from '../repeat.js';
import { EndpointRunner } from './endpoint-runner.js';

/** A process that was killed or stopped holds up its endpoints for so long. */
const LEASE_MS = 6_000;
const KEEP_MS = 2_000;
const SWEEP_MS = 1_000;
/** So many endpoints are served at once. */
const ENDPOINTS_MAX = 500;
/** How many woken endpoints are taken up at a time: taking one up is only a look at Postgres. */
const CONCURRENCY = 8;
/** What is under way when the process stops is waited for so long. */
const STOP_MS = 3_000;
/** An endpoint that could not be served for a reason of ours is left alone for so long. */
const TROUBLE_MS = 30_000;

interface DeliveriesParts {
  readonly carrier: Carrier;
  readonly database: Database;
  /** Undefined where no key is known: then nothing is delivered. */
  readonly secretBox: SecretBox | undefined;
  readonly allowPrivate: boolean;
  readonly logger: Logger;
}

/**
 * Delivers webhooks. Each endpoint is served by one process at a time, which holds a lease on it, and by a runner of its
 * own, so that none waits for another. A task of the queue only says that an endpoint has something to hear; what that
 * is, Postgres knows, and a sweep finds endpoints whose tasks got lost.
 */
export class Deliveries {
  readonly #parts: DeliveriesParts;
  readonly #owner = randomUUID();
  readonly #client: WebhookClient;
  readonly #runners = new Map<number, { runner: EndpointRunner; ended: Promise<void> }>();
  readonly #troubled = new Map<number, number>();
  readonly #waking = new Set<number>();
  #isStopping = false;

  private constructor(parts: DeliveriesParts) {
    this.#parts = parts;
    this.#client = new WebhookClient({ allowPrivate: parts.allowPrivate });
  }

  static start(parts: DeliveriesParts): {
    readonly wake: (endpointIds: readonly number[]) => void;
    readonly stop: () => Promise<void>;
  } {
    const deliveries = new Deliveries(parts);
    const warn = (error: unknown): void => void parts.logger.warn('a webhook sweep failed', { error });
    const worker = workEndpoints(parts.carrier, CONCURRENCY, (endpointId) => deliveries.#serve(endpointId));
    const repeated = [
      repeat(SWEEP_MS, () => deliveries.#sweep(), warn),
      repeat(KEEP_MS, () => deliveries.#keepLeases(), warn),
    ];
    return {
      wake: (endpointIds) => endpointIds.forEach((endpointId) => deliveries.#wake(endpointId)),
      stop: async () => {
        for (const one of repeated) one.stop();
        await Promise.all([worker.close(), deliveries.#stop()]);
      },
    };
  }

  /** A runner of ours hears at once; else some worker is told over the queue, once until it has been told. */
  #wake(endpointId: number): void {
    const running = this.#runners.get(endpointId);
    if (running !== undefined) {
      running.runner.poke();
      return;
    }
    if (this.#waking.has(endpointId) || this.#isStopping) return;
    this.#waking.add(endpointId);
    wakeEndpoint(this.#parts.carrier, endpointId)
      .catch((error: unknown) =>
        this.#parts.logger.warn('a webhook endpoint could not be woken', { endpointId, error }),
      )
      .finally(() => this.#waking.delete(endpointId));
  }

  async #serve(endpointId: number): Promise<void> {
    const { database, logger, secretBox } = this.#parts;
    const running = this.#runners.get(endpointId);
    if (running !== undefined) {
      running.runner.poke();
      return;
    }
    if (this.#isStopping || this.#runners.size >= ENDPOINTS_MAX || this.#isTroubled(endpointId)) return;
    if (secretBox === undefined) {
      logger.error('webhooks wait: SALDO_SECRET_KEY is not set, so their secrets can not be read', { endpointId });
      this.#setTroubled(endpointId);
      return;
    }
    const failures = await takeWebhookEndpoint(database, endpointId, this.#owner, LEASE_MS);
    // Two tasks of one endpoint may have come at once: the lease was given to one.
    if (failures === undefined || this.#runners.has(endpointId)) return;
    const wake = (endpointIds: readonly number[]): void => endpointIds.forEach((id) => this.#wake(id));
    const runner = new EndpointRunner(
      { database, client: this.#client, secretBox, logger, wake },
      endpointId,
      failures,
    );
    this.#runners.set(endpointId, { runner, ended: this.#run(endpointId, runner) });
    if (this.#isStopping) runner.stop();
  }

  async #run(endpointId: number, runner: EndpointRunner): Promise<void> {
    const { database, logger } = this.#parts;
    try {
      await runner.run();
    } catch (error) {
      logger.error('a webhook endpoint could not be served', { endpointId, error });
      this.#setTroubled(endpointId);
      runner.abandon();
    }
    await releaseWebhookEndpoint(database, endpointId, this.#owner).catch((error: unknown) =>
      logger.warn('a webhook endpoint could not be released', { endpointId, error }),
    );
    this.#runners.delete(endpointId);
    // Whoever wrote something while it ended took it for one that would see to it.
    if (runner.isPoked) this.#wake(endpointId);
  }

  async #sweep(): Promise<void> {
    for (const endpointId of await findDueWebhookEndpoints(this.#parts.database)) {
      if (!this.#isTroubled(endpointId)) this.#wake(endpointId);
    }
  }

  async #keepLeases(): Promise<void> {
    const endpointIds = [...this.#runners.keys()];
    if (endpointIds.length === 0) return;
    const kept = new Set(await keepWebhookEndpoints(this.#parts.database, endpointIds, this.#owner, LEASE_MS));
    for (const endpointId of endpointIds) if (!kept.has(endpointId)) this.#runners.get(endpointId)?.runner.stop();
  }

  #setTroubled(endpointId: number): void {
    this.#troubled.set(endpointId, Date.now() + TROUBLE_MS);
  }

  #isTroubled(endpointId: number): boolean {
    const until = this.#troubled.get(endpointId);
    if (until !== undefined && until <= Date.now()) this.#troubled.delete(endpointId);
    return this.#troubled.has(endpointId);
  }

  async #stop(): Promise<void> {
    this.#isStopping = true;
    const running = [...this.#runners.values()];
    for (const { runner } of running) runner.stop();
    const patience = setTimeout(() => running.forEach(({ runner }) => runner.abandon()), STOP_MS);
    await Promise.all(running.map(({ ended }) => ended));
    clearTimeout(patience);
    await this.#client.close();
  }
}
