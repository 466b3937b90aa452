import { Agent, request, type Dispatcher } from 'undici';
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
  async post(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<Answer> {
    const startedAt = performance.now();
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), this.#timeoutMs);
    const durationMs = (): number => Math.round(performance.now() - startedAt);
    try {
      // What was allowed when the endpoint was made may not be any more.
      if (targetProblem(url, { allowPrivate: this.#allowPrivate }) !== undefined)
        return failed('no_public_address', durationMs());
      const answer = await request(url, {
        dispatcher: this.#agent,
        method: 'POST',
        headers: { 'content-type': 'application/json', 'user-agent': 'Saldo-Webhooks/1.0', ...headers },
        body,
        signal: deadline.signal,
      });
      const response = await readBeginning(answer.body);
      return {
        httpStatus: answer.statusCode,
        error: undefined,
        response,
        retryAfter: firstOf(answer.headers['retry-after']),
        durationMs: durationMs(),
      };
    } catch (error) {
      return failed(errorClass(error), durationMs());
    } finally {
      clearTimeout(timer);
    }
  }

  /** Drops whatever is under way. */
  close(): Promise<void> {
    return this.#agent.destroy();
  }
}

function failed(error: ErrorClass, durationMs: number): Answer {
  return { httpStatus: undefined, error, response: '', retryAfter: undefined, durationMs };
}

function firstOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

/** The status decides, so a body that is too long, or breaks off, is only cut. */
async function readBeginning(body: Dispatcher.ResponseData['body']): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  body.on('error', () => undefined);
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.byteLength;
      if (bytes > READ_BYTES_MAX) break;
    }
  } catch {
    // What came until then is kept.
  }
  // Postgres keeps no NUL in a text.
  return Buffer.concat(chunks).subarray(0, KEPT_BYTES_MAX).toString().replaceAll('\0', '\u{fffd}');
}
