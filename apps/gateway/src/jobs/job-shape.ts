import { REJECTIONS, OPERATION_TYPES } from '@saldo/ledger';
import { MONEY, objectShape, orNull, ref, textShape, TIME, type AnswerDocs } from '../openapi/route-docs.js';
import type { Shape } from '../validation/fields.js';

/** A job as the API shows it, as JSON Schema. */
export const JOB_SHAPES: Readonly<Record<string, Shape>> = {
  Job: objectShape(
    {
      id: { type: 'string', format: 'uuid' },
      type: { type: 'string', enum: [...OPERATION_TYPES, 'report'] },
      status: { type: 'string', enum: ['queued', 'completed', 'rejected', 'failed'] },
      created_at: TIME,
      finished_at: orNull(TIME),
      request: { type: 'object', description: 'What was asked for.', additionalProperties: true },
      result: {
        description: 'When completed.',
        anyOf: [ref('OperationResult'), { type: 'object', additionalProperties: true }, { type: 'null' }],
      },
      error: orNull(
        objectShape({
          code: textShape(`For an operation one of ${Object.keys(REJECTIONS).join(', ')}.`, 'insufficient_funds'),
          detail: textShape('The same in words.'),
        }),
      ),
      progress: { type: 'integer', description: 'Of a report: per cent.' },
    },
    ['progress'],
  ),
  OperationResult: objectShape({ entries: { type: 'array', items: ref('Entry') } }),
  Entry: objectShape({
    account: textShape("The account's name.", 'user:42:main:available'),
    user_id: { type: ['string', 'null'] },
    wallet: { type: ['string', 'null'] },
    kind: { type: 'string', enum: ['available', 'reserved', 'external', 'revenue'] },
    direction: { type: 'string', enum: ['debit', 'credit'] },
    amount: MONEY,
    balance: orNull(MONEY),
    sequence: { type: ['integer', 'null'], description: "Numbers an account's operations 1, 2, 3, … without gaps." },
  }),
};

const QUEUED = {
  id: '019aa5c7-3a5e-7c10-9d5a-5f2f6f1c8a01',
  type: 'deposit',
  status: 'queued',
  created_at: '2026-11-21T09:10:00.123456Z',
  finished_at: null,
  request: { type: 'deposit', user_id: '42', amount: '199.99' },
  result: null,
  error: null,
};

/** 202, wherever an operation's outcome is not known yet. */
export const ACCEPTED: AnswerDocs = {
  description: 'Accepted: it will be applied, exactly once. Ask for the job to know how it ended.',
  schema: ref('Job'),
  example: QUEUED,
  headers: ['Location', 'Retry-After', 'Preference-Applied', 'Idempotent-Replayed'],
};

export const QUEUED_JOB = QUEUED;

export const COMPLETED_JOB = {
  ...QUEUED,
  status: 'completed',
  finished_at: '2026-11-21T09:10:00.130911Z',
  result: {
    entries: [
      {
        account: 'external',
        user_id: null,
        wallet: null,
        kind: 'external',
        direction: 'debit',
        amount: '199.99',
        balance: null,
        sequence: null,
      },
      {
        account: 'user:42:main:available',
        user_id: '42',
        wallet: 'main',
        kind: 'available',
        direction: 'credit',
        amount: '199.99',
        balance: '199.99',
        sequence: 1,
      },
    ],
  },
};
