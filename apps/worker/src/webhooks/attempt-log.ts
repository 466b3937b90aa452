import type { FinishedAttempt } from '@saldo/store';

const RETRY_MS = 500;

interface AttemptLogOptions {
  readonly write: (attempts: readonly FinishedAttempt[]) => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/**
 * Writes attempts down as they come, together with all that came while the ones before were written: there is no timer,
 * so a slow endpoint's are written at once and a fast one's in batches.
 */
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
      try {
        await this.#options.write(attempts);
      } catch (error) {
        this.#options.onError(error);
        this.#waiting = [...attempts, ...this.#waiting];
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
    this.#isWriting = false;
  }
}
