import { Agent, type Dispatcher } from 'undici';
import { targetProblem } from './address.js';
import { anyConnector, publicConnector, type Resolve } from './connector.js';
import { errorClass, type ErrorClass } from './error-class.js';

/** How a receiver answered, or why it didn't. */
export interface Answer {
  /** Undefined where there was no answer. */
  readonly httpStatus: number | undefined;
  /** Undefined where there was one. */
  readonly error: ErrorClass | undefined;
  /** The beginning of the body. */
  readonly response: string;
  /** The header, as it came. */
  readonly retryAfter: string | undefined;
  readonly durationMs: number;
}

export interface WebhookClientOptions {
  /** Whether http and addresses that aren't public may be targets. */
  readonly allowPrivate: boolean;
  /** So long an attempt may take from its start to the last byte of the answer. */
  readonly timeoutMs?: number;
  /** For tests: how names are resolved where only public addresses are allowed. */
  readonly resolve?: Resolve;
}

const TIMEOUT_MS = 15_000;
const READ_BYTES_MAX = 65_536;
const KEPT_BYTES_MAX = 4_096;

/** Posts to receivers, over connections that are kept open. Redirects are not followed. */
export class WebhookClient {
  readonly #agent: Agent;
  readonly #allowPrivate: boolean;
  readonly #timeoutMs: number;

  constructor({ allowPrivate, timeoutMs = TIMEOUT_MS, resolve }: WebhookClientOptions) {
    this.#allowPrivate = allowPrivate;
    this.#timeoutMs = timeoutMs;
    this.#agent = new Agent({
      connect: allowPrivate ? anyConnector(timeoutMs) : publicConnector(timeoutMs, resolve),
      // Several endpoints may be on one host: those that wait must not hold up the others.
      connections: null,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    });
  }

  /** Posts once. Never throws: what goes wrong is part of the answer. */
  post(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<Answer> {
    return new Promise((resolve) => {
      const attempt = new Attempt(this.#timeoutMs, resolve);
      // What was allowed when the endpoint was made may not be any more.
      if (targetProblem(url, { allowPrivate: this.#allowPrivate }) !== undefined) {
        attempt.fail('no_public_address');
        return;
      }
      const { origin, pathname, search } = new URL(url);
      this.#agent.dispatch(
        {
          origin,
          path: pathname + search,
          method: 'POST',
          headers: { 'content-type': 'application/json', 'user-agent': 'Saldo-Webhooks/1.0', ...headers },
          body,
        },
        attempt,
      );
    });
  }

  /** Drops whatever is under way. */
  close(): Promise<void> {
    return this.#agent.destroy();
  }
}

/** One request, from undici's events to an answer: a stream and a signal for each would cost more than all the rest. */
class Attempt implements Dispatcher.DispatchHandler {
  readonly #startedAt = performance.now();
  readonly #resolve: (answer: Answer) => void;
  readonly #deadline: NodeJS.Timeout;
  #controller: Dispatcher.DispatchController | undefined;
  #isOver = false;
  #httpStatus: number | undefined;
  #retryAfter: string | undefined;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(timeoutMs: number, resolve: (answer: Answer) => void) {
    this.#resolve = resolve;
    this.#deadline = setTimeout(() => this.#breakOff('timed_out'), timeoutMs);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#isOver) controller.abort(new OverError());
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    httpStatus: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    this.#httpStatus = httpStatus;
    this.#retryAfter = firstOf(headers['retry-after']);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#bytes < KEPT_BYTES_MAX) this.#chunks.push(chunk);
    this.#bytes += chunk.byteLength;
    if (this.#bytes > READ_BYTES_MAX) this.#breakOff('failed');
  }

  onResponseEnd(): void {
    this.#end(undefined);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.fail(errorClass(error));
  }

  /** Where there is a status, that decides: a body that is too long, or breaks off, is only cut. */
  fail(error: ErrorClass): void {
    this.#end(this.#httpStatus === undefined ? error : undefined);
  }

  #breakOff(error: ErrorClass): void {
    this.fail(error);
    this.#controller?.abort(new OverError());
  }

  #end(error: ErrorClass | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#deadline);
    this.#resolve({
      httpStatus: this.#httpStatus,
      error,
      // Postgres keeps no NUL in a text.
      response: Buffer.concat(this.#chunks).subarray(0, KEPT_BYTES_MAX).toString().replaceAll('\0', '\u{fffd}'),
      retryAfter: this.#retryAfter,
      durationMs: Math.round(performance.now() - this.#startedAt),
    });
  }
}

/** What undici is told when an answer isn't wanted any more. */
class OverError extends Error {
  override readonly name = 'OverError';
}

function firstOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
