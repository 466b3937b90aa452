import { isUtf8 } from 'node:buffer';
import express, { type Request, type RequestHandler } from 'express';
import { jsonPointer, Problem, validationFailed } from './problem.js';

const readBytes = express.raw({ type: () => true, limit: '1mb' });
/** JSON is UTF-8 (RFC 8259, 8.1); who names a charset nevertheless may only name that. */
const OTHER_CHARSET = /;\s*charset\s*=\s*(?!"?utf-?8"?\s*(?:;|$))/i;
/** Nothing that is taken is nested as deep. */
const DEPTH_MAX = 10;

/**
 * A JSON number in the place of money. It is read as the text it was written as, since a parsed one would have lost
 * how it was written (`1e3`) and possibly digits. In valid JSON this can't match inside a string: there, a quote has
 * a backslash before it.
 */
const MONEY_NUMBER = /("(?:amount|price)"\s*:\s*)(-?[0-9][0-9.eE+-]*)/g;

/** Reads a JSON body of at most 1 MiB into `request.body`. */
export const jsonBody: RequestHandler = (request, response, next) => {
  const isJson = request.is('application/json') !== false && !OTHER_CHARSET.test(request.get('content-type') ?? '');
  if (hasBody(request) && !isJson) {
    throw new Problem('unsupported_media_type', 'The body must be application/json in UTF-8.');
  }
  readBytes(request, response, (error?: unknown) => {
    if (error !== undefined) {
      next(error);
      return;
    }
    try {
      request.body = parse(Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0));
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

function parse(bytes: Buffer): unknown {
  // Decoding would put U+FFFD in the place of what is no UTF-8, and so change what was sent.
  if (!isUtf8(bytes)) throw validationFailed([{ pointer: '', detail: 'is not valid UTF-8' }]);
  const text = bytes.toString();
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
  if (!isObject(value) || path.length > DEPTH_MAX) return [];
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
