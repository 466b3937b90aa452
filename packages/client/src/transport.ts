import { SaldoError } from './errors.js';

export interface ClientOptions {
  /** Where Saldo listens: `http://127.0.0.1:3000`. */
  readonly url: string;
  readonly key: string;
  /** Another fetch than the global one. */
  readonly fetch?: typeof fetch;
  /** How often a request that is safe to repeat is tried in all [4]. */
  readonly triesMax?: number;
}

export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const TRIES_DEFAULT = 4;
const PAUSE_MS = 200;
const MS_PER_S = 1_000;
const TOO_MANY_REQUESTS = 429;
const UNAVAILABLE = 503;

/**
 * Sends requests with the key, and again when the network fails or Saldo is too busy. Every request that this client
 * makes may be repeated: one that moves money has an idempotency key.
 */
export class Transport {
  readonly #options: ClientOptions;

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  /** Answers the JSON. Throws {@link SaldoError} for what Saldo refuses, and what fetch throws at the last try. */
  async send(request: Request): Promise<unknown> {
    const { triesMax = TRIES_DEFAULT } = this.#options;
    for (let tries = 1; ; tries += 1) {
      const outcome = await this.#try(request).catch((error: unknown) => ({ error }));
      if (!('error' in outcome)) return outcome.json;
      const pauseMs = pauseBefore(outcome.error, tries);
      if (pauseMs === undefined || tries >= triesMax) throw outcome.error;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }

  async #try({ method, path, query = {}, body, headers }: Request): Promise<{ json: unknown }> {
    const url = new URL(path, this.#options.url);
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, String(value));
    const response = await (this.#options.fetch ?? fetch)(url, {
      method,
      headers: {
        authorization: `Bearer ${this.#options.key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const json = await readJson(response);
    if (!response.ok) throw new RefusedError(response.status, json, response.headers.get('retry-after'));
    return { json };
  }
}

class RefusedError extends SaldoError {
  readonly retryAfterS: number | undefined;

  constructor(status: number, problem: unknown, retryAfter: string | null) {
    super(status, typeof problem === 'object' && problem !== null ? problem : {});
    this.retryAfterS = retryAfter !== null && /^\d+$/.test(retryAfter) ? Number(retryAfter) : undefined;
  }
}

async function readJson(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    // Something between us and Saldo answered, say a proxy's page.
    throw new SaldoError(response.status, { detail: `Saldo's answer (${response.status}) is not JSON` });
  }
}

/** Undefined: trying again would not help. */
function pauseBefore(error: unknown, tries: number): number | undefined {
  if (error instanceof RefusedError) {
    if (error.status !== TOO_MANY_REQUESTS && error.status !== UNAVAILABLE) return undefined;
    return (error.retryAfterS ?? 1) * MS_PER_S;
  }
  return error instanceof SaldoError ? undefined : PAUSE_MS * 2 ** (tries - 1);
}
