import { accountParts, isSystemKind, type AccountKey } from './account.js';
import type { WorkingBooks } from './books.js';
import { BALANCE_UNITS_MAX } from './money.js';
import type { Line, Outcome } from './outcome.js';
import type { RejectionReason } from './rejection.js';

export function rejected(reason: RejectionReason): Outcome {
  return { status: 'rejected', reason };
}

/** Whether crediting the amount would carry the account past BALANCE_UNITS_MAX. */
export function exceedsUpperLimit(books: WorkingBooks, credit: AccountKey, amountUnits: bigint): boolean {
  return books.account(credit).balanceUnits + amountUnits > BALANCE_UNITS_MAX;
}

/** Whether debiting the amount would carry the account past -BALANCE_UNITS_MAX, which only a system account could. */
function exceedsLowerLimit(books: WorkingBooks, debit: AccountKey, amountUnits: bigint): boolean {
  return books.account(debit).balanceUnits - amountUnits < -BALANCE_UNITS_MAX;
}

/**
 * Moves money from one account to another. The rules have checked that it may; that a user's
 * balance stays at or above zero is asserted once more here, since nothing may ever get round it.
 */
export function moveMoney(
  books: WorkingBooks,
  debit: AccountKey,
  credit: AccountKey,
  amountUnits: bigint,
  serviceId = '',
): Line {
  if (amountUnits <= 0n) throw new Error(`an operation moves ${amountUnits} units`);
  const debited = books.post(debit, -amountUnits);
  if (debited.balanceUnits < 0n && !isSystemKind(accountParts(debit).kind)) {
    throw new Error(`${debit} would have ${debited.balanceUnits} units`);
  }
  const credited = books.post(credit, amountUnits);
  return {
    debit: { account: debit, balanceUnits: debited.balanceUnits, sequence: debited.sequence },
    credit: { account: credit, balanceUnits: credited.balanceUnits, sequence: credited.sequence },
    amountUnits,
    serviceId,
  };
}

/** The one check and the one movement of an operation that needs no more than them. */
export function moveWithinLimit(
  books: WorkingBooks,
  debit: AccountKey,
  credit: AccountKey,
  amountUnits: bigint,
  serviceId = '',
): Outcome {
  if (exceedsLowerLimit(books, debit, amountUnits) || exceedsUpperLimit(books, credit, amountUnits)) {
    return rejected('balance_limit_exceeded');
  }
  return { status: 'completed', lines: [moveMoney(books, debit, credit, amountUnits, serviceId)] };
}
