import { listTransactions, readBalance, type Database } from '@saldo/store';
import { Router, type Request } from 'express';
import Joi from 'joi';
import { Problem, validationFailed } from '../../http/problem.js';
import { objectShape, ref, textShape, type RouteGroup } from '../../openapi/route-docs.js';
import { check, readQuery } from '../../validation/check.js';
import { rule } from '../../validation/fields.js';
import { malformedIsUnprocessable } from '../malformed-is-unprocessable.js';
import { numberMoney, sendJson } from '../number-money.js';
import { rowNumber } from '../old-fields.js';
import { transactionJson, WORDS } from './words.js';

const PAGE_SIZE = 5;
const PAGE_MAX = 1_000_000_000;

/** A whole number of either sign: one that is nobody's has no account, what is no number is malformed. */
const userNumber = rule(
  'takes a whole number',
  (value) => (typeof value === 'string' && /^-?[0-9]{1,15}$/.test(value) ? String(Number(value)) : undefined),
  { type: 'integer' },
);

const pageQuery = Joi.object<{ page?: number; sort_by_amount: boolean; sort_by_date: boolean }>({
  page: Joi.number().integer().min(1).max(PAGE_MAX),
  sort_by_amount: flag(),
  sort_by_date: flag(),
}).options({ stripUnknown: true });

/** `/v1/information/*`: what a user has, and what happened to it. */
export function informationRoutes({ database }: { database: Database }): Router {
  const router = Router();

  router.get('/information/account-balance/:user_id', async (request, response) => {
    const userId = userIdOf(request);
    const wallets = await readBalance(database, userId);
    if (wallets.length === 0) throw new Problem('not_found', WORDS.noAccount);
    const available = wallets.reduce((sum, wallet) => sum + wallet.availableUnits, 0n);
    const reserved = wallets.reduce((sum, wallet) => sum + wallet.reservedUnits, 0n);
    sendJson(response, [
      { user_id: Number(userId), type: 'regular', balance: numberMoney(available) },
      { user_id: Number(userId), type: 'reserve', balance: numberMoney(reserved) },
    ]);
  });

  router.get('/information/account-transactions/:user_id', async (request, response) => {
    const userId = userIdOf(request);
    const { page, sort_by_amount: byAmount, sort_by_date: byDate } = readQuery(pageQuery, request.query);
    const pages =
      page === undefined ? { limit: null, offset: 0 } : { limit: PAGE_SIZE, offset: (page - 1) * PAGE_SIZE };
    const transactions = await listTransactions(database, { userId, byAmount, byDate, ...pages });
    if (transactions.length === 0) {
      const hasAccount = (await readBalance(database, userId)).length > 0;
      throw new Problem('not_found', hasAccount ? WORDS.emptyPage : WORDS.noAccount);
    }
    sendJson(response, transactions.map(transactionJson));
  });

  router.use(malformedIsUnprocessable);
  return router;
}

function userIdOf(request: Request): string {
  const checked = check(userNumber, request.params['user_id'], '/user_id');
  if (checked.errors !== undefined) throw validationFailed(checked.errors);
  return checked.value;
}

/** As FastAPI reads a boolean of the query string. */
function flag(): Joi.BooleanSchema<boolean> {
  return Joi.boolean().truthy('1', 'on', 'yes', 't', 'y').falsy('0', 'off', 'no', 'f', 'n').default(false);
}

const EXAMPLE_TRANSACTION = {
  description:
    'Money in the amount of 199.99USD was deposited to user 2 from external services on 2026-11-21 01:40:55.779889.',
  date: '2026-11-21T01:40:55.779889',
  amount: 199.99,
  type: 'deposit',
  to_user_id: 2,
};

export const informationDocs: RouteGroup = {
  tag: 'Avito: information',
  about: 'What clients of the Avito balance service ask about users. Users are numbers here; money is a JSON number.',
  schemas: {
    AvitoAccount: objectShape({
      user_id: { type: 'integer' },
      type: { type: 'string', enum: ['regular', 'reserve'] },
      balance: { type: 'number' },
    }),
    AvitoTransaction: objectShape(
      {
        description: textShape('What happened, in words.'),
        date: textShape('UTC, in microseconds.', '2026-11-21T01:40:55.779889'),
        amount: { type: 'number' },
        type: textShape('What kind it is.', 'funds transfer'),
        from_user_id: { type: ['integer', 'string'] },
        to_user_id: { type: ['integer', 'string'] },
        order_id: { type: ['integer', 'string'] },
        to_company_account: { type: 'integer' },
      },
      ['from_user_id', 'to_user_id', 'order_id', 'to_company_account'],
    ),
  },
  routes: [
    {
      method: 'get',
      path: '/v1/information/account-balance/{user_id}',
      summary: 'What a user has available and reserved',
      pathParameters: { user_id: rowNumber },
      answers: {
        200: {
          description: 'The regular account, then the reserve account.',
          schema: { type: 'array', items: ref('AvitoAccount') },
          example: [
            { user_id: 2, type: 'regular', balance: 199.99 },
            { user_id: 2, type: 'reserve', balance: 0 },
          ],
        },
      },
      problems: ['not_found', 'unprocessable'],
    },
    {
      method: 'get',
      path: '/v1/information/account-transactions/{user_id}',
      summary: "A user's transactions",
      description:
        'Five a page; all without `page`. Sorted by date, by amount or by both (date first), latest and largest first; ' +
        'oldest first without. A payment for an order of several services is one transaction.',
      pathParameters: { user_id: rowNumber },
      query: pageQuery,
      answers: {
        200: {
          description: 'The transactions.',
          schema: { type: 'array', items: ref('AvitoTransaction') },
          example: [EXAMPLE_TRANSACTION],
        },
      },
      problems: ['not_found', 'unprocessable'],
    },
  ],
};
