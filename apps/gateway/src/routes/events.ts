import { EVENT_PATTERNS, findEventNumber, readEvents, recordEvents, type Database, type Event } from '@saldo/store';
import { Router } from 'express';
import Joi from 'joi';
import { seenApiKeyId } from '../http/authenticate.js';
import { validationFailed } from '../http/problem.js';
import { readQuery } from '../validation/check.js';
import { rule, UUID } from '../validation/fields.js';

const LIMIT_MAX = 200;
const LIMIT_DEFAULT = 50;
const NUMBER = /^\d{1,15}$/;
const NOW = 'now';

const types = rule(
  `takes any of ${EVENT_PATTERNS.join(', ')}, with commas between`,
  (value) => {
    const patterns = typeof value === 'string' ? value.split(',') : [];
    return patterns.length > 0 && patterns.every((pattern) => EVENT_PATTERNS.includes(pattern)) ? patterns : undefined;
  },
  { type: 'string', description: `Any of ${EVENT_PATTERNS.join(', ')}, with commas between.` },
);

export const eventsSchema = Joi.object<{ after: string; types?: string[]; limit: number }>({
  after: Joi.string().max(64).default('0'),
  types,
  limit: Joi.number().integer().min(1).max(LIMIT_MAX).default(LIMIT_DEFAULT),
});

/**
 * `GET /v1/events`: everything that webhooks say, in one order that never changes, for whoever missed some. `after` is
 * what an answer said as `after`, or the id of an event (a webhook's `webhook-id`), or `now`.
 */
export function eventRoutes({ database }: { database: Database }): Router {
  const router = Router();

  router.get('/events', async (request, response) => {
    const { after, types: patterns, limit } = readQuery(eventsSchema, request.query);
    const apiKeyId = seenApiKeyId(response);
    const last = await recordEvents(database);
    const from = await readAfter(database, after, apiKeyId, last);
    const { events, until } = await readEvents(database, { apiKeyId, patterns }, { after: from, last, limit });
    const next = until < last ? String(until) : null;
    if (next !== null) {
      const url = new URL(request.originalUrl, 'http://localhost');
      url.searchParams.set('after', next);
      response.set('Link', `<${url.pathname}${url.search}>; rel="next"`);
    }
    response.json({ data: events.map(eventJson), next_cursor: next, after: String(until) });
  });

  return router;
}

async function readAfter(
  database: Database,
  after: string,
  apiKeyId: number | undefined,
  last: number,
): Promise<number> {
  if (after === NOW) return last;
  if (NUMBER.test(after)) return Number(after);
  const number = UUID.test(after) ? await findEventNumber(database, after, apiKeyId) : undefined;
  if (number === undefined)
    throw validationFailed([
      { pointer: '/after', detail: 'takes what an answer said as "after", the id of an event, or "now"' },
    ]);
  return number;
}

function eventJson({ id, type, happenedAt, data }: Event): object {
  return { id, type, timestamp: happenedAt, data };
}
