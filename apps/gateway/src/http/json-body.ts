import express, { type Request, type RequestHandler } from 'express';
import { jsonPointer, Problem, validationFailed } from './problem.js';

const readText = express.text({ type: () => true, limit: '1mb', defaultCharset: 'utf-8' });

/**
 * A JSON number in the place of money. It is read as the text it was written as, since a parsed one would have lost
 * how it was written (`1e3`) and possibly digits. In valid JSON this can't match inside a string: there, a quote has
 * a backslash before it.
 */
const MONEY_NUMBER = /("(?:amount|price)"\s*:\s*)(-?[0-9][0-9.eE+-]*)/g;

/** Reads a JSON body of at most 1 MiB into `request.body`. */
export const jsonBody: RequestHandler = (request, response, next) => {
  if (hasBody(request) && request.is('application/json') === false) {
    throw new Problem('unsupported_media_type', 'The body must be application/json.');
  }
  readText(request, response, (error?: unknown) => {
    if (error !== undefined) {
      next(error);
      return;
    }
    try {
      request.body = parse(typeof request.body === 'string' ? request.body : '');
    } catch (malformed) {
      next(malformed);
      return;
    }
    next();
  });
};

function hasBody(request: Request): boolean {
  return request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
}

function parse(text: string): unknown {
  const body = parseJson(text);
  // Written plainly or with escapes, which are rare enough to look for it then.
  const prototypes = /__proto__|\\u00/i.test(text) ? fieldsNamedProto(body, []) : [];
  if (prototypes.length > 0)
    throw validationFailed(prototypes.map((pointer) => ({ pointer, detail: 'is not a field that is taken here' })));
  return body;
}

function parseJson(text: string): unknown {
  const withMoneyAsText = text.replace(MONEY_NUMBER, '$1"$2"');
  try {
    const body: unknown = JSON.parse(withMoneyAsText);
    if (withMoneyAsText !== text && text.includes('"metadata"')) restoreMetadata(body, JSON.parse(text));
    return body;
  } catch {
    throw validationFailed([{ pointer: '', detail: text === '' ? 'is missing' : 'is not valid JSON' }]);
  }
}

/** Whoever copies an object with such a field, as joi does, makes its value the prototype: unknown fields would hide there. */
function fieldsNamedProto(value: unknown, path: readonly string[]): string[] {
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    key === '__proto__' ? [jsonPointer([...path, key])] : fieldsNamedProto(item, [...path, key]),
  );
}

/** What looks like money in a caller's own notes is not: it stays the number that they wrote. */
function restoreMetadata(body: unknown, written: unknown): void {
  if (!isObject(body) || !isObject(written)) return;
  if (Object.hasOwn(body, 'metadata')) body['metadata'] = written['metadata'];
  const { operations } = body;
  const { operations: writtenOperations } = written;
  if (!Array.isArray(operations) || !Array.isArray(writtenOperations)) return;
  operations.forEach((operation, index) => restoreMetadata(operation, writtenOperations[index]));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
