import { accountName, formatMoney, OPERATION_TYPES, type OperationType } from '@saldo/ledger';
import {
  listUserOperations,
  readBalance,
  type Database,
  type HistoryCursor,
  type HistoryEntry,
  type HistoryFilter,
} from '@saldo/store';
import { Router } from 'express';
import Joi from 'joi';
import { answerPage, listSchema, readCursor } from '../http/page.js';
import { Problem, validationFailed } from '../http/problem.js';
import { describe } from '../jobs/describe.js';
import { MONEY, objectShape, pageShape, ref, textShape, TIME, type RouteGroup } from '../openapi/route-docs.js';
import { check, readQuery } from '../validation/check.js';
import { id, rule } from '../validation/fields.js';

const sorts = ['-created_at', 'created_at', '-amount', 'amount'] as const;

const RFC3339 = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-](0\d|1[0-4]):[0-5]\d)$/;
const time = rule(
  'takes a time as in 2026-11-21T09:10:00Z',
  (value) => (typeof value === 'string' && isTime(value) ? value : undefined),
  { type: 'string', format: 'date-time' },
);

/** Date.parse takes 30 February for 2 March and knows a year 0; Postgres does neither. */
function isTime(text: string): boolean {
  const date = RFC3339.exec(text)?.[1];
  if (date === undefined || date.startsWith('0000') || Number.isNaN(Date.parse(text))) return false;
  return new Date(date).toISOString().startsWith(date);
}

const historySchema = listSchema<{ sort: HistoryFilter['sort']; type?: OperationType; from?: string; to?: string }>({
  sort: Joi.valid(...sorts).default('-created_at'),
  type: Joi.valid(...OPERATION_TYPES),
  from: time,
  to: time,
});

const noQuery = Joi.object({});

/** `GET /v1/users/{id}/balance` and `/operations`. */
export function userRoutes({ database }: { database: Database }): Router {
  const router = Router();

  router.get('/users/:id/balance', async (request, response) => {
    readQuery(noQuery, request.query);
    const userId = userIdOf(request.params.id);
    const wallets = await readBalance(database, userId);
    if (wallets.length === 0) throw new Problem('not_found', 'The user has had no money yet.');
    response.json({
      user_id: userId,
      available: formatMoney(wallets.reduce((sum, wallet) => sum + wallet.availableUnits, 0n)),
      reserved: formatMoney(wallets.reduce((sum, wallet) => sum + wallet.reservedUnits, 0n)),
      wallets: wallets.map(({ wallet, availableUnits, reservedUnits, sequence }) => ({
        wallet,
        available: formatMoney(availableUnits),
        reserved: formatMoney(reservedUnits),
        sequence: Number(sequence),
      })),
    });
  });

  router.get('/users/:id/operations', async (request, response) => {
    const userId = userIdOf(request.params.id);
    const { limit, cursor, sort, type, from, to } = readQuery(historySchema, request.query);
    const after = cursorOf(cursor, sort);
    const entries = await listUserOperations(database, { userId, sort, type, from, to, after, limit: limit + 1 });
    if (entries.length === 0 && (await readBalance(database, userId)).length === 0)
      throw new Problem('not_found', 'The user has had no money yet.');
    answerPage(request, response, entries, limit, entryJson, (entry) => [
      sort,
      String(entry.id),
      entry.direction,
      String(entry.amountUnits),
    ]);
  });

  return router;
}

/** Whoever can't have an account, since their id is none, has none. */
function userIdOf(text: string): string {
  if (check(id, text).errors !== undefined) throw new Problem('not_found', 'There is no such user.');
  return text;
}

function cursorOf(text: string | undefined, sort: HistoryFilter['sort']): HistoryCursor | undefined {
  const parts = readCursor(text, [/^-?(created_at|amount)$/, /^\d{1,18}$/, /^(debit|credit)$/, /^\d{1,18}$/]);
  if (parts === undefined) return undefined;
  const [sortedBy = '', entryId = '', direction = '', amountUnits = ''] = parts;
  if (sortedBy !== sort)
    throw validationFailed([{ pointer: '/cursor', detail: `belongs to a list sorted by ${sortedBy}` }]);
  return {
    id: BigInt(entryId),
    direction: direction === 'debit' ? 'debit' : 'credit',
    amountUnits: BigInt(amountUnits),
  };
}

function entryJson(entry: HistoryEntry): unknown {
  return {
    job_id: entry.jobId,
    type: entry.type,
    status: 'completed',
    direction: entry.direction,
    wallet: entry.wallet,
    amount: formatMoney(entry.amountUnits),
    balance: formatMoney(entry.balanceUnits),
    sequence: Number(entry.sequence),
    description: entry.description ?? describe(entry),
    counterparty: accountName(entry.counterparty),
    order_id: entry.orderId,
    service_id: entry.serviceId,
    created_at: entry.appliedAt,
  };
}

const SEQUENCE = { type: 'integer', description: "Numbers an account's operations 1, 2, 3, … without gaps." };

export const userDocs: RouteGroup = {
  tag: 'Users',
  about: 'What users have, and what moved it.',
  schemas: {
    Balance: objectShape({
      user_id: textShape('Whose it is.', '42'),
      available: MONEY,
      reserved: MONEY,
      wallets: {
        type: 'array',
        items: objectShape({
          wallet: textShape('Its name.', 'main'),
          available: MONEY,
          reserved: MONEY,
          sequence: SEQUENCE,
        }),
      },
    }),
    HistoryEntry: objectShape({
      job_id: { type: 'string', format: 'uuid' },
      type: { type: 'string', enum: OPERATION_TYPES },
      status: { const: 'completed' },
      direction: { type: 'string', enum: ['debit', 'credit'] },
      wallet: textShape('Of the user.', 'main'),
      amount: MONEY,
      balance: MONEY,
      sequence: SEQUENCE,
      description: textShape("Where the money came from or why it went, in the sender's words or ours."),
      counterparty: textShape('The account on the other side.', 'external'),
      order_id: { type: ['string', 'null'] },
      service_id: { type: ['string', 'null'] },
      created_at: TIME,
    }),
  },
  routes: [
    {
      method: 'get',
      path: '/v1/users/{id}/balance',
      summary: 'What a user has available and reserved',
      answers: {
        200: {
          description: 'In all, and by wallet.',
          schema: ref('Balance'),
          example: {
            user_id: '42',
            available: '199.99',
            reserved: '0.00',
            wallets: [{ wallet: 'main', available: '199.99', reserved: '0.00', sequence: 1 }],
          },
        },
      },
      problems: ['validation_failed', 'not_found'],
    },
    {
      method: 'get',
      path: '/v1/users/{id}/operations',
      summary: "What moved a user's money",
      query: historySchema,
      answers: {
        200: {
          description: 'One page.',
          schema: pageShape(ref('HistoryEntry')),
          example: {
            data: [
              {
                job_id: '019aa5c7-3a5e-7c10-9d5a-5f2f6f1c8a01',
                type: 'deposit',
                status: 'completed',
                direction: 'credit',
                wallet: 'main',
                amount: '199.99',
                balance: '199.99',
                sequence: 1,
                description: 'Deposit from outside',
                counterparty: 'external',
                order_id: null,
                service_id: null,
                created_at: '2026-11-21T09:10:00.123456Z',
              },
            ],
            next_cursor: null,
          },
          headers: ['Link'],
        },
      },
      problems: ['validation_failed', 'not_found'],
    },
  ],
};
