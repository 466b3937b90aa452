import { formatMoney, AMOUNT_UNITS_MAX, type OperationRequest, type RejectionReason } from '@saldo/ledger';
import {
  companyAccountExists,
  readCatalogueOrder,
  submitCatalogueOrder,
  type CatalogueOrder,
  type Database,
  type Transaction,
} from '@saldo/store';
import { Router, type Request, type Response } from 'express';
import { allow } from '../../http/authenticate.js';
import { jsonBody } from '../../http/json-body.js';
import { Problem } from '../../http/problem.js';
import { readBody } from '../../validation/check.js';
import { applyOperation, entryOf, type Applied, type OperationParts } from '../apply-operation.js';
import { malformedIsUnprocessable } from '../malformed-is-unprocessable.js';
import { sendJson } from '../number-money.js';
import { depositBody, orderBody, paymentBody, refundBody, transferBody } from './transaction-bodies.js';
import { transactionJson, WORDS } from './words.js';

type Parts = OperationParts & { readonly database: Database };

/** `/v1/transactions/*`: each is one operation of the ledger, which also decides between two at the same time. */
export function transactionRoutes(parts: Parts): Router {
  const router = Router();
  const maySubmit = allow('merchant', 'admin');

  router.patch('/transactions/deposit', maySubmit, jsonBody, async (request, response) => {
    const { amount, to_user_id: toUser } = readBody(depositBody, request.body);
    const operation = { type: 'deposit', user_id: String(toUser), amount } as const;
    await translate(parts, request, response, operation);
  });

  router.patch('/transactions/transfer', maySubmit, jsonBody, async (request, response) => {
    const { amount, from_user_id: fromUser, to_user_id: toUser } = readBody(transferBody, request.body);
    if (fromUser === toUser) throw samePerson();
    const operation = { type: 'transfer', from_user_id: String(fromUser), to_user_id: String(toUser), amount } as const;
    await translate(parts, request, response, operation, { more: { from_user_id: fromUser, to_user_id: toUser } });
  });

  router.patch('/transactions/reserve', maySubmit, jsonBody, async (request, response) => {
    const { order_id: id } = readBody(orderBody, request.body);
    const order = existing(await submitCatalogueOrder(parts.database, id));
    const amount = formatMoney(totalOf(order));
    await translate(parts, request, response, { type: 'reserve', ...ledgerOrderOf(order), amount }, { order });
  });

  router.patch('/transactions/reserve-refund', maySubmit, jsonBody, async (request, response) => {
    const { order_id: id } = readBody(refundBody, request.body);
    const order = existing(await readCatalogueOrder(parts.database, id));
    await translate(parts, request, response, { type: 'release', ...ledgerOrderOf(order) }, { order });
  });

  router.patch('/transactions/make-payment', maySubmit, jsonBody, async (request, response) => {
    const { order_id: id, to_company_account: companyAccount } = readBody(paymentBody, request.body);
    const order = existing(await readCatalogueOrder(parts.database, id));
    if (!(await companyAccountExists(parts.database, companyAccount))) {
      throw order.state === 'in progress' ? new Problem('not_found', WORDS.noCompanyAccount) : wrongState(order);
    }
    const lines = linesOf(order);
    if (lines.length === 0) throw wrongState(order);
    const metadata = { to_company_account: companyAccount };
    const operation = { type: 'capture', ...ledgerOrderOf(order), lines, metadata } as const;
    await translate(parts, request, response, operation, { order, more: { to_company_account: companyAccount } });
  });

  router.use(malformedIsUnprocessable);
  return router;
}

interface Context {
  readonly order?: CatalogueOrder;
  /** What the answer says beside what the history would. */
  readonly more?: Readonly<Record<string, number>>;
}

/** Has the operation applied, and answers what became of it as the old service did. */
async function translate(
  parts: Parts,
  request: Request,
  response: Response,
  operation: OperationRequest,
  { order, more = {} }: Context = {},
): Promise<void> {
  const applied = await applyOperation(parts, request, response, operation);
  if (applied === undefined) return;
  if (applied.status === 'rejected') {
    // The order as it stands now: another request may have been first.
    throw refusal(applied.reason, order && existing(await readCatalogueOrder(parts.database, order.id)));
  }
  sendJson(response, { ...transactionJson(transactionOf(operation, applied)), ...more });
}

function transactionOf(operation: OperationRequest, applied: Extract<Applied, { status: 'completed' }>): Transaction {
  const { entries, finishedAt } = applied;
  const debits = entries.filter(({ direction }) => direction === 'debit');
  return {
    type: operation.type,
    amountUnits: debits.reduce((sum, { amountUnits }) => sum + amountUnits, 0n),
    orderId: operation.order_id ?? null,
    debitOwner: entryOf(entries, 'debit').account.owner,
    creditOwner: entryOf(entries, 'credit').account.owner,
    appliedAt: finishedAt,
  };
}

/** One of the ledger's reasons in the old words. Whatever it has against an order's hold is the order's state. */
function refusal(reason: RejectionReason, order: CatalogueOrder | undefined): Problem {
  switch (reason) {
    case 'insufficient_funds':
      return new Problem('unprocessable', WORDS.noMoney, { members: { message: WORDS.noMoney, reason } });
    case 'account_not_found':
      return new Problem('not_found', WORDS.noAccount, { members: { reason } });
    case 'same_account':
      return samePerson();
    case 'balance_limit_exceeded':
      return new Problem('unprocessable', 'A balance would grow past the largest one that is kept.', {
        members: { reason },
      });
    case 'hold_exists':
    case 'hold_not_found':
    case 'hold_mismatch':
    case 'amount_exceeds_hold':
    case 'amount_exceeds_captured':
      if (order === undefined) throw new Error(`an operation without an order was refused with ${reason}`);
      return wrongState(order, reason);
    default:
      return reason satisfies never;
  }
}

function existing(order: CatalogueOrder | undefined): CatalogueOrder {
  if (order === undefined) throw new Problem('unprocessable', WORDS.noOrder);
  return order;
}

function wrongState({ state }: CatalogueOrder, reason?: RejectionReason): Problem {
  return new Problem('unprocessable', WORDS.wrongState(state), reason === undefined ? {} : { members: { reason } });
}

function samePerson(): Problem {
  return new Problem('unprocessable', WORDS.samePerson);
}

function ledgerOrderOf({ userId, ledgerOrderId }: CatalogueOrder): { user_id: string; order_id: string } {
  return { user_id: userId, order_id: ledgerOrderId };
}

/** Quantity times price, summed up. */
function totalOf(order: CatalogueOrder): bigint {
  const unpriced = order.items.find(({ priceUnits }) => priceUnits === null);
  if (unpriced !== undefined) throw new Problem('unprocessable', `Service ${unpriced.serviceId} has no price.`);
  const total = order.items.reduce((sum, { quantity, priceUnits }) => sum + BigInt(quantity) * (priceUnits ?? 0n), 0n);
  if (total > AMOUNT_UNITS_MAX) throw new Problem('unprocessable', 'The order costs more than one operation may move.');
  return total;
}

/** What of the payment is for which service. An order that was never submitted may have services without a price. */
function linesOf(order: CatalogueOrder): { service_id: string; amount: string }[] {
  if (order.state === 'not submitted') return [];
  return order.items.flatMap(({ serviceId, quantity, priceUnits }) =>
    priceUnits === null ? [] : [{ service_id: serviceId, amount: formatMoney(BigInt(quantity) * priceUnits) }],
  );
}
