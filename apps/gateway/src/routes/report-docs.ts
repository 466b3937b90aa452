import { FORMATS } from '@saldo/reports';
import Joi from 'joi';
import {
  objectShape,
  pageShape,
  ref,
  textShape,
  TIME,
  type AnswerDocs,
  type RouteGroup,
} from '../openapi/route-docs.js';
import { rule } from '../validation/fields.js';
import { month, REPORT_SCHEMAS } from '../validation/report-request.js';
import { closingsSchema } from './periods.js';
import { scheduleSchema, schedulesSchema } from './report-schedules.js';

const JOB = {
  id: '019aa5c7-3a5e-7c10-9d5a-5f2f6f1c8a01',
  type: 'report',
  status: 'queued',
  created_at: '2026-11-21T09:10:00.123456Z',
  finished_at: null,
  request: { type: 'revenue', period: '2026-10', format: 'csv' },
  result: null,
  error: null,
};
const SCHEDULE = {
  id: '019aa5c7-3a5e-7c10-9d5a-5f2f6f1c8a02',
  type: 'revenue',
  format: 'csv',
  every: 'month',
  last_period: '2026-10',
  created_at: '2026-11-21T09:10:00.123456Z',
};
const CLOSING = {
  number: 1,
  period: '2026-10',
  ends_at: '2026-11-01T00:00:00Z',
  closed_at: '2026-11-02T08:00:00Z',
  job_id: JOB.id,
  hash: null,
};
const accepted: AnswerDocs = {
  description: 'It will be made. Ask for the job to know when.',
  schema: ref('Job'),
  example: JOB,
  headers: ['Location', 'Retry-After', 'Preference-Applied'],
};
const finished: AnswerDocs = {
  description: 'It was made in the time you wait.',
  schema: ref('Job'),
  example: JOB,
  headers: ['Location'],
};
const anyText = rule('takes a text', (value) => value, { type: 'string' });

export const reportDocs: RouteGroup = {
  tag: 'Reports',
  about: 'Files for the accountant, made as jobs, and months that are fixed for good.',
  schemas: {
    ReportSchedule: objectShape({
      id: { type: 'string', format: 'uuid' },
      type: textShape('What is made.', 'revenue'),
      format: { type: 'string', enum: [...FORMATS] },
      every: { const: 'month' },
      last_period: { type: ['string', 'null'] },
      created_at: TIME,
    }),
    Closing: objectShape({
      number: { type: 'integer' },
      period: textShape('The month.', '2026-10'),
      ends_at: TIME,
      closed_at: TIME,
      job_id: { type: 'string', format: 'uuid' },
      hash: {
        type: ['string', 'null'],
        description: 'Of the manifest, which names the hash of the closing before it.',
      },
    }),
  },
  routes: [
    {
      method: 'post',
      path: '/v1/reports',
      summary: 'Have a report made',
      description: 'The same request over the same data gives the same file.',
      roles: ['accountant', 'admin'],
      headers: ['Prefer'],
      body: Object.values(REPORT_SCHEMAS),
      bodyExamples: { revenue: { type: 'revenue', period: '2026-10', format: 'csv' } },
      answers: { 200: finished, 202: accepted },
      problems: ['validation_failed'],
    },
    {
      method: 'delete',
      path: '/v1/reports/{id}',
      summary: 'Cancel a report that is not made yet',
      roles: ['accountant', 'admin'],
      answers: { 200: { description: 'The job, cancelled.', schema: ref('Job'), example: JOB } },
      problems: ['not_found', 'conflict'],
    },
    {
      method: 'post',
      path: '/v1/periods/{month}/close',
      summary: 'Fix a month',
      description: 'What is applied later never changes its report.',
      roles: ['accountant', 'admin'],
      pathParameters: { month },
      headers: ['Prefer'],
      answers: { 200: finished, 202: accepted },
      problems: ['validation_failed', 'conflict'],
    },
    {
      method: 'get',
      path: '/v1/periods',
      summary: 'List closed months',
      roles: ['accountant', 'admin'],
      query: closingsSchema,
      answers: {
        200: {
          description: 'One page, newest first.',
          schema: pageShape(ref('Closing')),
          example: { data: [CLOSING], next_cursor: null },
          headers: ['Link'],
        },
      },
      problems: ['validation_failed'],
    },
    {
      method: 'post',
      path: '/v1/report-schedules',
      summary: "Have a report made at every month's start",
      roles: ['accountant', 'admin'],
      body: scheduleSchema,
      bodyExamples: { revenue: { type: 'revenue', format: 'csv' } },
      answers: { 201: { description: 'The schedule.', schema: ref('ReportSchedule'), example: SCHEDULE } },
      problems: ['validation_failed'],
    },
    {
      method: 'get',
      path: '/v1/report-schedules',
      summary: 'List schedules',
      roles: ['accountant', 'admin'],
      query: schedulesSchema,
      answers: {
        200: {
          description: 'One page.',
          schema: pageShape(ref('ReportSchedule')),
          example: { data: [SCHEDULE], next_cursor: null },
          headers: ['Link'],
        },
      },
      problems: ['validation_failed'],
    },
    {
      method: 'delete',
      path: '/v1/report-schedules/{id}',
      summary: 'Have it made no more',
      roles: ['accountant', 'admin'],
      answers: { 204: { description: 'It is gone.' } },
      problems: ['not_found'],
    },
    {
      method: 'get',
      path: '/reports/{file}/{name}',
      summary: "A report's file, or its manifest",
      description: 'For a signed link, which is good for 15 minutes, or the key of an accountant. Ranges are answered.',
      roles: 'open',
      pathParameters: { file: anyText, name: anyText },
      query: Joi.object({ expires: anyText, signature: anyText }),
      answers: {
        200: {
          description: 'The file.',
          schema: { type: 'string' },
          mediaType: 'text/csv',
          headers: ['ETag', 'Content-Disposition'],
        },
        206: { description: 'Part of the file.', schema: { type: 'string' }, mediaType: 'text/csv' },
        304: { description: 'It is as you know it.', headers: ['ETag'] },
      },
      problems: ['forbidden', 'not_found', 'range_not_satisfiable'],
    },
  ],
};
