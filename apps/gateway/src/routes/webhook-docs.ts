import { DELIVERY_STATUSES, EVENT_PATTERNS } from '@saldo/store';
import {
  objectShape,
  orNull,
  pageShape,
  ref,
  textShape,
  TIME,
  type RouteDocs,
  type RouteGroup,
} from '../openapi/route-docs.js';
import { deliveriesSchema, replaySchema } from './webhook-deliveries.js';
import { endpointSchemas, endpointsSchema } from './webhook-endpoints.js';
import { eventsSchema } from './events.js';

const ENDPOINT = {
  id: '1',
  url: 'https://shop.example/saldo',
  description: '',
  events: ['operation.*'],
  enabled: true,
  disabled_at: null,
  disabled_reason: null,
  failing_since: null,
  created_at: '2026-11-21T09:10:00.123456Z',
};
const DELIVERY = {
  id: '17',
  endpoint_id: '1',
  event_id: '019aa5c7-3a5e-7c10-9d5a-5f2f6f1c8a01',
  type: 'webhook.test',
  status: 'pending',
  created_at: '2026-11-21T09:10:00.123456Z',
  next_attempt_at: '2026-11-21T09:10:00.123456Z',
  finished_at: null,
  attempts: [],
};
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

const endpointFields = {
  id: textShape('Its number.', '1'),
  url: textShape('Where events are posted to.', ENDPOINT.url),
  description: textShape('Your own words.'),
  events: { type: 'array', items: { type: 'string', enum: [...EVENT_PATTERNS] } },
  enabled: { type: 'boolean' },
  disabled_at: orNull(TIME),
  disabled_reason: { type: ['string', 'null'] },
  failing_since: orNull(TIME),
  created_at: TIME,
};
const oneEndpoint = { description: 'The endpoint.', schema: ref('WebhookEndpoint'), example: ENDPOINT };
const withSecret = {
  schema: ref('NewWebhookEndpoint'),
  example: { ...ENDPOINT, secret: SECRET },
};
const oneDelivery = { description: 'What is to be delivered.', schema: ref('WebhookDelivery'), example: DELIVERY };
const { newSchema, changeSchema } = endpointSchemas(false);

const endpointRoutes: readonly RouteDocs[] = [
  {
    method: 'post',
    path: '/v1/webhook-endpoints',
    summary: 'Have events posted to you',
    description: "A merchant's endpoints hear of that merchant's jobs, others of all. The secret is shown this once.",
    body: newSchema,
    bodyExamples: { operations: { url: ENDPOINT.url, events: ENDPOINT.events } },
    answers: { 201: { description: 'The endpoint and its secret.', headers: ['Location'], ...withSecret } },
    problems: ['validation_failed', 'not_configured'],
  },
  {
    method: 'get',
    path: '/v1/webhook-endpoints',
    summary: 'List endpoints',
    query: endpointsSchema,
    answers: {
      200: {
        description: 'One page.',
        schema: pageShape(ref('WebhookEndpoint')),
        example: { data: [ENDPOINT], next_cursor: null },
        headers: ['Link'],
      },
    },
    problems: ['validation_failed'],
  },
  {
    method: 'get',
    path: '/v1/webhook-endpoints/{id}',
    summary: 'An endpoint',
    answers: { 200: oneEndpoint },
    problems: ['not_found'],
  },
  {
    method: 'patch',
    path: '/v1/webhook-endpoints/{id}',
    summary: 'Change an endpoint, or enable it again',
    body: changeSchema,
    bodyExamples: { enable: { enabled: true } },
    answers: { 200: oneEndpoint },
    problems: ['validation_failed', 'not_found'],
  },
  {
    method: 'delete',
    path: '/v1/webhook-endpoints/{id}',
    summary: 'Hear no more',
    answers: { 204: { description: 'It is gone.' } },
    problems: ['not_found'],
  },
  {
    method: 'post',
    path: '/v1/webhook-endpoints/{id}/rotate-secret',
    summary: 'Give an endpoint a new secret',
    description: 'For 24 hours the one before signs too.',
    answers: { 200: { description: 'The endpoint and its new secret, shown this once.', ...withSecret } },
    problems: ['not_found', 'not_configured'],
  },
];

const deliveryRoutes: readonly RouteDocs[] = [
  {
    method: 'get',
    path: '/v1/webhook-endpoints/{id}/deliveries',
    summary: 'What an endpoint was told, and every attempt',
    query: deliveriesSchema,
    answers: {
      200: {
        description: 'One page, newest first.',
        schema: pageShape(ref('WebhookDelivery')),
        example: { data: [DELIVERY], next_cursor: null },
        headers: ['Link'],
      },
    },
    problems: ['validation_failed', 'not_found'],
  },
  {
    method: 'post',
    path: '/v1/webhook-endpoints/{id}/test',
    summary: 'Have a test event posted',
    answers: { 202: oneDelivery },
    problems: ['not_found', 'conflict'],
  },
  {
    method: 'post',
    path: '/v1/webhook-deliveries/{id}/retry',
    summary: 'Deliver once more',
    answers: { 202: oneDelivery },
    problems: ['not_found', 'conflict'],
  },
  {
    method: 'post',
    path: '/v1/webhook-endpoints/{id}/replay',
    summary: 'Deliver everything since a time again',
    body: replaySchema,
    bodyExamples: { since: { since: '2026-11-21T09:10:00Z' } },
    answers: {
      202: {
        description: 'It has begun.',
        schema: objectShape({ endpoint_id: textShape('The endpoint.', '1'), since: TIME }),
        example: { endpoint_id: '1', since: '2026-11-21T09:10:00Z' },
      },
    },
    problems: ['validation_failed', 'not_found', 'conflict'],
  },
  {
    method: 'get',
    path: '/v1/events',
    summary: 'Everything that webhooks say, in order',
    description: '`after`: what an answer said as `after`, the id of an event, or `now`.',
    query: eventsSchema,
    answers: {
      200: {
        description: 'What came next.',
        schema: ref('EventPage'),
        example: { data: [], next_cursor: null, after: '0' },
        headers: ['Link'],
      },
    },
    problems: ['validation_failed'],
  },
];

export const webhookDocs: RouteGroup = {
  tag: 'Webhooks',
  about: 'Hear of every outcome, signed by [Standard Webhooks](https://www.standardwebhooks.com), at least once.',
  schemas: {
    WebhookEndpoint: objectShape(endpointFields),
    NewWebhookEndpoint: objectShape({ ...endpointFields, secret: textShape('Signs what is posted.', SECRET) }),
    WebhookDelivery: objectShape({
      id: textShape('Its number.', '17'),
      endpoint_id: textShape('The endpoint.', '1'),
      event_id: textShape('The `webhook-id` of every attempt.'),
      type: textShape('The type of event.', 'operation.completed'),
      status: { type: 'string', enum: [...DELIVERY_STATUSES] },
      created_at: TIME,
      next_attempt_at: orNull(TIME),
      finished_at: orNull(TIME),
      attempts: { type: 'array', items: { type: 'object', additionalProperties: true } },
    }),
    EventPage: objectShape({
      data: {
        type: 'array',
        items: objectShape({
          id: textShape('The `webhook-id`.'),
          type: textShape('The type of event.', 'operation.completed'),
          timestamp: TIME,
          data: { type: 'object', description: 'The job.', additionalProperties: true },
        }),
      },
      next_cursor: { type: ['string', 'null'] },
      after: textShape('Ask for what comes next with this.', '17'),
    }),
  },
  routes: [...endpointRoutes, ...deliveryRoutes],
};
