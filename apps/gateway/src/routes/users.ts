import { accountName, describeMovement, formatMoney, OPERATION_TYPES, type OperationType } from '@saldo/ledger';
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

import { check, readQuery } from '../validation/check.js';
import { id, time } from '../validation/fields.js';

const sorts = ['-created_at', 'created_at', '-amount', 'amount'] as const;

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
    description: entry.description ?? describeMovement(entry),
    counterparty: accountName(entry.counterparty),
    order_id: entry.orderId,
    service_id: entry.serviceId,
    created_at: entry.appliedAt,
  };
}
