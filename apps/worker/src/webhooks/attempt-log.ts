import { setTimeout as sleep } from 'node:timers/promises';
import type { FinishedAttempt } from '@saldo/store';

/** From one write to the next at least: a fast endpoint's attempts are worth gathering. */
const GATHER_MS = 25;
const RETRY_MS = 500;

interface AttemptLogOptions {
  readonly write: (attempts: readonly FinishedAttempt[]) => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/** Writes attempts down as they come: a slow endpoint's at once, a fast one's in batches. */
export class AttemptLog {
  readonly #options: AttemptLogOptions;
  #waiting: FinishedAttempt[] = [];
  #isWriting = false;
  #isAbandoned = false;

  constructor(options: AttemptLogOptions) {
    this.#options = options;
  }

  add(attempt: FinishedAttempt): void {
    this.#waiting.push(attempt);
    if (!this.#isWriting) void this.#writeAll();
  }

  /** Writes nothing more. What is not written is sent again some time, with the same id. */
  abandon(): void {
    this.#isAbandoned = true;
  }

  async #writeAll(): Promise<void> {
    this.#isWriting = true;
    while (this.#waiting.length > 0 && !this.#isAbandoned) {
      const attempts = this.#waiting;
      this.#waiting = [];
      const gathered = sleep(GATHER_MS);
      try {
        await this.#options.write(attempts);
      } catch (error) {
        this.#options.onError(error);
        this.#waiting = [...attempts, ...this.#waiting];
        await sleep(RETRY_MS);
      }
      await gathered;
    }
    this.#isWriting = false;
  }
}
