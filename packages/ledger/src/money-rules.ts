import { availableKey, EXTERNAL_KEY, type AccountKey } from './account.js';
import type { WorkingBooks } from './books.js';
import type { Transfer } from './operation.js';
import type { Outcome } from './outcome.js';
import { moveWithinLimit, rejected } from './posting.js';
import type { RejectionReason } from './rejection.js';

/** Brings money in from outside: external to available. */
export function applyDeposit(books: WorkingBooks, userId: string, wallet: string, amountUnits: bigint): Outcome {
  return moveWithinLimit(books, EXTERNAL_KEY, availableKey(userId, wallet), amountUnits);
}

/** Takes money out: available to external. */
export function applyWithdraw(books: WorkingBooks, userId: string, wallet: string, amountUnits: bigint): Outcome {
  const payer = availableKey(userId, wallet);
  const refusal = refuseTaking(books, payer, amountUnits);
  return refusal ? rejected(refusal) : moveWithinLimit(books, payer, EXTERNAL_KEY, amountUnits);
}

/** Moves money between two wallets, of one user or of two: available to available. */
export function applyTransfer(books: WorkingBooks, transfer: Transfer): Outcome {
  const payer = availableKey(transfer.fromUserId, transfer.fromWallet);
  const receiver = availableKey(transfer.toUserId, transfer.toWallet);
  if (payer === receiver) return rejected('same_account');
  const refusal = refuseTaking(books, payer, transfer.amountUnits);
  return refusal ? rejected(refusal) : moveWithinLimit(books, payer, receiver, transfer.amountUnits);
}

/**
 * Why the amount can't be taken from what is available, if it can't. An account that is in the books
 * but never had an operation is as good as none: it may have been made for money that was then refused.
 */
export function refuseTaking(books: WorkingBooks, payer: AccountKey, amountUnits: bigint): RejectionReason | undefined {
  const account = books.account(payer);
  if (account.sequence === 0n) return 'account_not_found';
  return account.balanceUnits < amountUnits ? 'insufficient_funds' : undefined;
}
