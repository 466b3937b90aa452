import type { Role } from '@saldo/store';
import type Joi from 'joi';
import type { ProblemCode } from '../http/problem.js';
import type { Shape } from '../validation/fields.js';

/** What a group of routes does, in words and schemas. It lives beside the routes, and `document.ts` lists the groups. */
export interface RouteGroup {
  readonly tag: string;
  readonly about: string;
  /** What its answers are made of, by name: `ref(name)` refers to it from any group. */
  readonly schemas?: Readonly<Record<string, Shape>>;
  readonly routes: readonly RouteDocs[];
}

export interface RouteDocs {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** As in OpenAPI: `/v1/jobs/{id}`. */
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  /** Who may; all roles if left out. `open`: whoever asks, without a key. */
  readonly roles?: readonly Role[] | 'open';
  /** What the parts of the path in braces take, where not any id. */
  readonly pathParameters?: Readonly<Record<string, Joi.Schema>>;
  /** The schema that the query string is really checked against. */
  readonly query?: Joi.ObjectSchema;
  readonly headers?: readonly RequestHeader[];
  /** The schema that the body is really checked against; several where it may be one of them. */
  readonly body?: Joi.Schema | Shape | readonly Joi.Schema[];
  readonly bodyExamples?: Readonly<Record<string, unknown>>;
  readonly answers: Readonly<Record<number, AnswerDocs>>;
  /** What it may be refused with, beside what every route may be. */
  readonly problems?: readonly ProblemCode[];
}

export interface AnswerDocs {
  readonly description: string;
  /** Left out: no body. */
  readonly schema?: Shape;
  readonly mediaType?: string;
  readonly example?: unknown;
  readonly headers?: readonly ResponseHeader[];
}

/** Refers to a schema that a group names. */
export function ref(name: string): Shape {
  return { $ref: `#/components/schemas/${name}` };
}

/** Text that says what a member is, with an example. */
export function textShape(description: string, example?: string): Shape {
  return { type: 'string', description, ...(example === undefined ? {} : { examples: [example] }) };
}

/** An object that has all of these members, and possibly some of the `optional` ones. */
export function objectShape(properties: Readonly<Record<string, Shape>>, optional: readonly string[] = []): Shape {
  return { type: 'object', properties, required: Object.keys(properties).filter((name) => !optional.includes(name)) };
}

/** The same, or null. */
export function orNull(shape: Shape): Shape {
  return { anyOf: [shape, { type: 'null' }] };
}

/** One page of a list. */
export function pageShape(row: Shape): Shape {
  return objectShape({
    data: { type: 'array', items: row },
    next_cursor: { type: ['string', 'null'], description: 'For the next page; null on the last.' },
  });
}

export const MONEY: Shape = textShape('A decimal with 2 to 4 places.', '199.99');
export const TIME: Shape = { type: 'string', format: 'date-time', examples: ['2026-11-21T09:10:00.123456Z'] };

/** What may be asked for in a request's head. */
export const REQUEST_HEADERS = {
  Prefer: {
    description:
      'RFC 7240. `wait=N` (seconds, at most 30): answer 200 with the finished job if it finishes in time, else 202.',
    schema: { type: 'string', examples: ['wait=5'] },
  },
  'Prefer-async': {
    description: 'RFC 7240. `respond-async`: answer 202 and the job at once instead of waiting for the outcome.',
    schema: { type: 'string', examples: ['respond-async'] },
  },
  'Idempotency-Key': {
    description: '1 to 255 visible characters. The same key with the same operation is the same job, applied once.',
    schema: { type: 'string', examples: ['order-2-reserve'] },
  },
  'If-None-Match': { description: 'An `ETag` that was answered before.', schema: { type: 'string' } },
} as const;
export type RequestHeader = keyof typeof REQUEST_HEADERS;

/** What an answer's head may say. */
export const RESPONSE_HEADERS = {
  Location: { description: 'Where what was made can be read.', schema: { type: 'string' } },
  'Retry-After': { description: 'Seconds after which to ask again.', schema: { type: 'string' } },
  'Preference-Applied': { description: 'Which preference was followed.', schema: { type: 'string' } },
  'Idempotent-Replayed': {
    description: '`true` if the key was used before: the job is the same.',
    schema: { type: 'string' },
  },
  Link: { description: 'The next page, as `rel="next"`.', schema: { type: 'string' } },
  ETag: { description: 'Changes when the job does.', schema: { type: 'string' } },
  'Content-Disposition': { description: "The file's name.", schema: { type: 'string' } },
} as const;
export type ResponseHeader = keyof typeof RESPONSE_HEADERS;
