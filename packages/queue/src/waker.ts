import type { Priority } from '@saldo/ledger';
import type { Carrier } from './carrier.js';
import type { LaneEnvelope } from './envelope.js';

const RETRY_MS = 500;

/**
 * Sends envelopes for what was accepted. While one of a lane is on its way, what else the lane accepts is gathered
 * into one more, so a slow or absent queue costs no memory and falls behind by one envelope at most.
 */
export class Waker {
  readonly #carrier: Carrier;
  readonly #onError: (error: unknown) => void;
  /** By lane and priority: the last position to tell of, or undefined while the envelope on its way tells of all. */
  readonly #waiting = new Map<string, LaneEnvelope | undefined>();
  #closed = false;

  constructor(carrier: Carrier, onError: (error: unknown) => void) {
    this.#carrier = carrier;
    this.#onError = onError;
  }

  /** Sees to it that the lane's worker hears of the position, some time. Never throws. */
  wake(lane: number, priority: Priority, last: number): void {
    const key = `${lane}/${priority}`;
    const isSending = this.#waiting.has(key);
    this.#waiting.set(key, { lane, priority, last });
    if (!isSending) void this.#send(key);
  }

  close(): void {
    this.#closed = true;
  }

  async #send(key: string): Promise<void> {
    for (let envelope = this.#waiting.get(key); envelope !== undefined && !this.#closed; envelope = this.#waiting.get(key)) {
      this.#waiting.set(key, undefined);
      const { lane, priority, last } = envelope;
      try {
        await this.#carrier.sendEnvelope(lane, { priority, last });
      } catch (error) {
        this.#onError(error);
        if (this.#waiting.get(key) === undefined) this.#waiting.set(key, envelope);
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref());
      }
    }
    this.#waiting.delete(key);
  }
}
