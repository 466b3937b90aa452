import type { Bus } from '@saldo/queue';
import { findApiKey, type ApiKey, type Database, type Role } from '@saldo/store';
import type { RequestHandler, Response } from 'express';
import { LRUCache } from 'lru-cache';
import { Problem } from './problem.js';

const BEARER = /^Bearer +([\x21-\x7e]{1,255}) *$/i;
const CACHED_MAX = 10_000;
/** A revocation is heard of at once over the bus; should that news get lost, the key is looked up again after this. */
const CACHED_MS = 5_000;

/** Knows who holds which key. Each is looked up once and then remembered until it is revoked. */
export class Authenticator {
  readonly #database: Database;
  readonly #keys = new LRUCache<string, ApiKey>({ max: CACHED_MAX, ttl: CACHED_MS });

  constructor(database: Database) {
    this.#database = database;
  }

  async start(bus: Bus): Promise<void> {
    await bus.subscribe(
      (news) => news.kind === 'revoked' && this.forget(news.apiKeyId),
      () => this.#keys.clear(),
    );
  }

  /** Sees to it that a revoked key is not let in by this process again. */
  forget(apiKeyId: number): void {
    for (const [token, key] of this.#keys.entries()) if (key.id === apiKeyId) this.#keys.delete(token);
  }

  /** Lets only requests with a valid key pass. */
  readonly require: RequestHandler = (request, response, next) => {
    const token = BEARER.exec(request.get('authorization') ?? '')?.[1];
    if (token === undefined) throw new Problem('unauthorized', 'Send the header "Authorization: Bearer <key>".');
    const known = this.#keys.get(token);
    if (known !== undefined) {
      response.locals['apiKey'] = known;
      next();
      return;
    }
    findApiKey(this.#database, token)
      .then((key) => {
        if (key === undefined) throw new Problem('unauthorized', 'The API key is not valid.');
        this.#keys.set(token, key);
        response.locals['apiKey'] = key;
        next();
      })
      .catch(next);
  };
}

/** Lets only keys of these roles pass. */
export function allow(...roles: readonly Role[]): RequestHandler {
  return (_request, response, next) => {
    const { role } = apiKeyOf(response);
    if (!roles.includes(role))
      throw new Problem('forbidden', `This takes a key of the role ${roles.join(' or ')}; yours is ${role}.`);
    next();
  };
}

export function apiKeyOf(response: Response): ApiKey {
  const key = response.locals['apiKey'] as ApiKey | undefined;
  if (key === undefined) throw new Error('the request was not authenticated');
  return key;
}

/** Whose endpoints, jobs and events a caller may see: a merchant their own (this key's), others all (undefined). */
export function seenApiKeyId(response: Response): number | undefined {
  const key = apiKeyOf(response);
  return key.role === 'merchant' ? key.id : undefined;
}

/** For the log: undefined where nobody was authenticated. */
export function apiKeyIdOf(response: Response): number | undefined {
  return (response.locals['apiKey'] as ApiKey | undefined)?.id;
}
