import Joi from 'joi';
import { PROBLEMS, type ProblemCode } from '../http/problem.js';
import { id, type Shape } from '../validation/fields.js';
import { membersOf, shapeOf } from './joi-shape.js';
import { PROBLEM } from './problem-shape.js';
import {
  ref,
  REQUEST_HEADERS,
  RESPONSE_HEADERS,
  type AnswerDocs,
  type RouteDocs,
  type RouteGroup,
} from './route-docs.js';

const ABOUT = `Money operations applied exactly once, in order, in a double-entry ledger.

An operation is accepted (202, a job), applied, and ends completed or rejected. Wait for it with \`Prefer: wait=N\`,
\`GET /v1/jobs/{id}?wait=N\` or a webhook. Money is a decimal of up to 4 places: a string on the native paths, a JSON
number on those of the systems that Saldo replaced. Press *Authorize* and give a key to try things here.`;

/** OpenAPI 3.1, made of what the routes say about themselves and the schemas that check their input. */
export function buildDocument(groups: readonly RouteGroup[], version: string): Shape {
  const paths: Record<string, Record<string, Shape>> = {};
  for (const group of groups) {
    for (const route of group.routes) {
      const operations = (paths[route.path] ??= {});
      if (operations[route.method] !== undefined) throw new Error(`${route.method} ${route.path} is described twice`);
      operations[route.method] = operationOf(route, group.tag);
    }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Saldo', version, description: ABOUT, license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url: '/', description: 'This server.' }],
    security: [{ key: [] }],
    tags: groups.map(({ tag, about }) => ({ name: tag, description: about })),
    paths,
    components: {
      securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'An API key.' } },
      schemas: Object.assign({ Problem: PROBLEM }, ...groups.map((group) => group.schemas ?? {})) as Shape,
    },
  };
}

function operationOf(route: RouteDocs, tag: string): Shape {
  const parameters = [...pathParametersOf(route), ...queryOf(route), ...headersOf(route)];
  return {
    tags: [tag],
    operationId: operationIdOf(route),
    summary: route.summary,
    ...(route.description === undefined && route.roles === undefined ? {} : { description: wordsOf(route) }),
    ...(route.roles === 'open' ? { security: [] } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(route.body === undefined ? {} : { requestBody: bodyOf(route.body, route.bodyExamples) }),
    responses: {
      ...Object.fromEntries(Object.entries(route.answers).map(([status, answer]) => [status, answerOf(answer)])),
      ...problemsOf(route),
    },
  };
}

function wordsOf({ description = '', roles }: RouteDocs): string {
  const who = roles === undefined || roles === 'open' ? '' : `Takes a key of the role ${roles.join(' or ')}.`;
  return [description, who].filter((words) => words !== '').join('\n\n');
}

/** `post /v1/operations/batch` is `postOperationsBatch`. */
function operationIdOf({ method, path }: RouteDocs): string {
  const words = path.replace(/^\/v1\//, '/').match(/[A-Za-z0-9]+/g) ?? [];
  return method + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

function pathParametersOf({ path, pathParameters = {} }: RouteDocs): Shape[] {
  return [...path.matchAll(/\{([a-z_]+)\}/g)].map(([, name = '']) => {
    const { type, ...shape } = shapeOf(pathParameters[name] ?? id);
    return { name, in: 'path', required: true, schema: { ...shape, type: Array.isArray(type) ? 'string' : type } };
  });
}

function queryOf({ query }: RouteDocs): Shape[] {
  if (query === undefined) return [];
  return membersOf(query).map(({ name, shape, isRequired }) => ({
    name,
    in: 'query',
    required: isRequired,
    schema: shape,
  }));
}

function headersOf({ headers = [] }: RouteDocs): Shape[] {
  return headers.map((name) => ({
    name: name.replace('Prefer-async', 'Prefer'),
    in: 'header',
    ...REQUEST_HEADERS[name],
  }));
}

function bodyOf(body: NonNullable<RouteDocs['body']>, examples: RouteDocs['bodyExamples']): Shape {
  const named = Object.entries(examples ?? {}).map(([name, value]) => [name, { value }]);
  return {
    required: true,
    content: {
      'application/json': {
        schema: bodyShapeOf(body),
        ...(named.length > 0 ? { examples: Object.fromEntries(named) as Shape } : {}),
      },
    },
  };
}

function bodyShapeOf(body: NonNullable<RouteDocs['body']>): Shape {
  if (Array.isArray(body)) return { oneOf: body.map((schema: Joi.Schema) => shapeOf(schema)) };
  return Joi.isSchema(body) ? shapeOf(body) : (body as Shape);
}

function answerOf({ description, schema, example, headers = [], mediaType = 'application/json' }: AnswerDocs): Shape {
  return {
    description,
    ...(headers.length > 0
      ? { headers: Object.fromEntries(headers.map((name) => [name, RESPONSE_HEADERS[name]])) }
      : {}),
    ...(schema === undefined
      ? {}
      : { content: { [mediaType]: { schema, ...(example === undefined ? {} : { example }) } } }),
  };
}

/** The problems of a route by status, beside those that any request may meet. */
function problemsOf({ problems = [], roles, headers = [] }: RouteDocs): Record<string, Shape> {
  const codes = new Set<ProblemCode>(problems);
  if (roles !== 'open') codes.add('unauthorized');
  if (Array.isArray(roles)) codes.add('forbidden');
  if (headers.includes('Idempotency-Key')) codes.add('idempotency_mismatch');
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of codes) byStatus.set(PROBLEMS[code].status, [...(byStatus.get(PROBLEMS[code].status) ?? []), code]);
  const answers = [...byStatus].map(([status, same]) => [
    status,
    problemAnswer(same.map((code) => `\`${code}\`: ${PROBLEMS[code].title}.`).join(' ')),
  ]);
  return {
    ...(Object.fromEntries(answers) as Record<string, Shape>),
    default: problemAnswer('Any other problem, as `overloaded` (503).'),
  };
}

function problemAnswer(description: string): Shape {
  return { description, content: { 'application/problem+json': { schema: ref('Problem') } } };
}
