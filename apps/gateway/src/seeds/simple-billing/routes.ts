import { parseMoney, type RejectionReason } from '@saldo/ledger';
import {
  createClient,
  createClientWallet,
  readBalance,
  readClientWallets,
  type ClientWallet,
  type Database,
} from '@saldo/store';
import { Router } from 'express';
import { allow } from '../../http/authenticate.js';
import { jsonBody } from '../../http/json-body.js';
import { Problem, validationFailed } from '../../http/problem.js';
import { check, readBody } from '../../validation/check.js';
import { applyOperation, entryOf, type OperationParts } from '../apply-operation.js';
import { malformedIsUnprocessable } from '../malformed-is-unprocessable.js';
import { numberMoney, sendJson } from '../number-money.js';
import { rowNumber } from '../old-fields.js';
import { clientBody, inCamelCase, resupplyBody, transferBody } from './bodies.js';

type Parts = OperationParts & { readonly database: Database };

/** `/clients`, `/resupplies` and `/transfers` at the root. Money moves by one operation of the ledger each. */
export function simpleBillingRoutes(parts: Parts): Router {
  const router = Router();
  const maySubmit = allow('merchant', 'admin');
  addClients(router, parts);

  router.post('/resupplies', maySubmit, jsonBody, async (request, response) => {
    const { walletId, amount } = readBody(resupplyBody, inCamelCase(request.body));
    const wallet = existing((await readClientWallets(parts.database, [walletId])).get(walletId), walletId);
    const operation = { type: 'deposit', user_id: wallet.userId, wallet: wallet.wallet, amount } as const;
    const applied = await applyOperation(parts, request, response, operation);
    if (applied === undefined) return;
    if (applied.status === 'rejected') throw refusal(applied.reason, walletId);
    const { amountUnits, balanceUnits } = entryOf(applied.entries, 'credit');
    sendJson(response.status(201), {
      walletId,
      amount: numberMoney(amountUnits),
      transactionNumber: applied.jobId,
      walletBalance: numberMoney(balanceUnits ?? 0n),
    });
  });

  router.post('/transfers', maySubmit, jsonBody, async (request, response) => {
    const { walletFromId, walletToId, amount } = readBody(transferBody, inCamelCase(request.body));
    if (walletFromId === walletToId) throw validationFailed([{ pointer: '', detail: 'wallets must be different' }]);
    const { from, to } = await findBoth(parts.database, walletFromId, walletToId, amount);
    const applied = await applyOperation(parts, request, response, {
      type: 'transfer',
      from_user_id: from.userId,
      from_wallet: from.wallet,
      to_user_id: to.userId,
      to_wallet: to.wallet,
      amount,
    });
    if (applied === undefined) return;
    if (applied.status === 'rejected') throw refusal(applied.reason, walletFromId);
    const debit = entryOf(applied.entries, 'debit');
    const credit = entryOf(applied.entries, 'credit');
    sendJson(response.status(201), {
      walletFromId,
      walletToId,
      amount: numberMoney(debit.amountUnits),
      transactionNumber: applied.jobId,
      walletFromBalance: numberMoney(debit.balanceUnits ?? 0n),
      walletToBalance: numberMoney(credit.balanceUnits ?? 0n),
    });
  });

  router.use(malformedIsUnprocessable);
  return router;
}

function addClients(router: Router, { database }: Parts): void {
  const mayWrite = allow('merchant', 'admin');

  router.post('/clients', mayWrite, jsonBody, async (request, response) => {
    const { login, name } = readBody(clientBody, request.body);
    const made = await createClient(database, { login, name });
    if (made === undefined) throw new Problem('bad_request', 'Client login already exists');
    response.status(201).json({ login, name, id: made.clientId, walletId: made.walletId });
  });

  router.post('/clients/:id/wallets', mayWrite, async (request, response) => {
    const clientId = check(rowNumber, request.params['id']);
    const wallet = clientId.errors === undefined ? await createClientWallet(database, clientId.value) : undefined;
    if (wallet === undefined) throw new Problem('not_found', 'There is no such client.');
    response.status(201).json({ clientId: wallet.clientId, walletId: wallet.id });
  });
}

/** Both wallets. What is wrong with the payer's comes first, also that it has too little for a receiver who isn't. */
async function findBoth(
  database: Database,
  walletFromId: number,
  walletToId: number,
  amount: string,
): Promise<{ from: ClientWallet; to: ClientWallet }> {
  const wallets = await readClientWallets(database, [walletFromId, walletToId]);
  const from = existing(wallets.get(walletFromId), walletFromId);
  const to = wallets.get(walletToId);
  if (to !== undefined) return { from, to };
  const balance = (await readBalance(database, from.userId)).find(({ wallet }) => wallet === from.wallet);
  const isEnough = (balance?.availableUnits ?? 0n) >= (parseMoney(amount) ?? 0n);
  throw isEnough ? notFound(walletToId) : notEnough(walletFromId);
}

function existing(wallet: ClientWallet | undefined, id: number): ClientWallet {
  if (wallet === undefined) throw notFound(id);
  return wallet;
}

function notFound(walletId: number): Problem {
  return new Problem('bad_request', `Wallet id ${walletId} not found`);
}

function notEnough(walletId: number, reason?: RejectionReason): Problem {
  const detail = `There are not enough balance in wallet id ${walletId}`;
  return new Problem('bad_request', detail, reason === undefined ? {} : { members: { reason } });
}

/** A wallet that never had money is one that has none. */
function refusal(reason: RejectionReason, payerId: number): Problem {
  if (reason === 'insufficient_funds' || reason === 'account_not_found') return notEnough(payerId, reason);
  if (reason === 'balance_limit_exceeded') {
    return new Problem('bad_request', 'A balance would grow past the largest one that is kept', {
      members: { reason },
    });
  }
  throw new Error(`a movement between two wallets was refused with ${reason}`);
}
