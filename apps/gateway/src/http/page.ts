import type { Request, Response } from 'express';
import Joi from 'joi';
import { validationFailed } from './problem.js';

const LIMIT_MAX = 200;
const LIMIT_DEFAULT = 50;

/** What every list takes. */
const LIST_PARAMETERS = {
  limit: Joi.number().integer().min(1).max(LIMIT_MAX).default(LIMIT_DEFAULT),
  cursor: Joi.string().max(512),
};

/** The schema of a list's query. */
export function listSchema<Query>(
  parameters: Joi.SchemaMap<Query>,
): Joi.ObjectSchema<Query & { limit: number; cursor?: string }> {
  return Joi.object<Query & { limit: number; cursor?: string }>({ ...LIST_PARAMETERS, ...parameters });
}

/** A cursor is opaque to callers: base64url of JSON. */
function writeCursor(parts: readonly string[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** Reads a cursor of as many parts as there are patterns. */
export function readCursor(cursor: string | undefined, patterns: readonly RegExp[]): string[] | undefined {
  if (cursor === undefined) return undefined;
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    const isWhole = (found: unknown[]): found is string[] =>
      found.length === patterns.length &&
      found.every((part, index) => typeof part === 'string' && patterns[index]?.test(part));
    if (Array.isArray(parts) && isWhole(parts)) return parts;
  } catch {
    // Falls through: it wasn't one of ours.
  }
  throw validationFailed([{ pointer: '/cursor', detail: 'is not a cursor that this list gave out' }]);
}

/**
 * Answers one page of a list. `rows` has one more than the limit where there is a next page; `cursorOf` makes the
 * cursor of the last row shown.
 */
export function answerPage<Row>(
  request: Request,
  response: Response,
  rows: readonly Row[],
  limit: number,
  toJson: (row: Row) => unknown,
  cursorOf: (row: Row) => readonly string[],
): void {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const next = rows.length > limit && last !== undefined ? writeCursor(cursorOf(last)) : null;
  if (next !== null) {
    const url = new URL(request.originalUrl, 'http://localhost');
    url.searchParams.set('cursor', next);
    response.set('Link', `<${url.pathname}${url.search}>; rel="next"`);
  }
  response.json({ data: shown.map(toJson), next_cursor: next });
}
