import {
  availableKey,
  BALANCE_UNITS_MAX,
  EXTERNAL_KEY,
  reservedKey,
  revenueKey,
  WHOLE_ORDER,
  type AccountKey,
  type Books,
  type Hold,
  type Operation,
  type RejectionReason,
} from '@saldo/ledger';

export interface Movement {
  readonly debit: AccountKey;
  readonly credit: AccountKey;
  readonly amountUnits: bigint;
}

/** What an operation wants to do: the first of the reasons that is true stops it, else the money moves. */
interface Wish {
  readonly refusals: readonly (readonly [RejectionReason, boolean])[];
  readonly movement: Movement;
}

/**
 * What the API promises for one operation, told a second time and as plainly as possible: no batch, no changes,
 * only the books before. A capture must have one line.
 */
export function answerByTheBook(ledger: Books, operation: Operation): RejectionReason | Movement {
  const wish = wishOf(ledger, operation);
  if (typeof wish === 'string') return wish;
  const { debit, credit, amountUnits } = wish.movement;
  const isBeyondLimit =
    balanceOf(ledger, debit) - amountUnits < -BALANCE_UNITS_MAX ||
    balanceOf(ledger, credit) + amountUnits > BALANCE_UNITS_MAX;
  const refusals = [...wish.refusals, ['balance_limit_exceeded', isBeyondLimit] as const];
  return refusals.find(([, isTrue]) => isTrue)?.[0] ?? wish.movement;
}

function wishOf(ledger: Books, operation: Operation): Wish | RejectionReason {
  switch (operation.type) {
    case 'deposit': {
      const credit = availableKey(operation.userId, operation.wallet);
      return { refusals: [], movement: { debit: EXTERNAL_KEY, credit, amountUnits: operation.amountUnits } };
    }
    case 'withdraw':
      return taking(ledger, operation.userId, operation.wallet, EXTERNAL_KEY, operation.amountUnits);
    case 'transfer': {
      const credit = availableKey(operation.toUserId, operation.toWallet);
      const wish = taking(ledger, operation.fromUserId, operation.fromWallet, credit, operation.amountUnits);
      return { ...wish, refusals: [['same_account', wish.movement.debit === credit], ...wish.refusals] };
    }
    case 'reserve': {
      const order = ledger.orders.get(operation.orderId);
      const credit = reservedKey(operation.userId, operation.wallet);
      const wish = taking(ledger, operation.userId, operation.wallet, credit, operation.amountUnits);
      const isMismatch = order !== undefined && order.userId !== operation.userId;
      const exists = order?.holds.has(operation.serviceId) ?? false;
      return { ...wish, refusals: [['hold_mismatch', isMismatch], ['hold_exists', exists], ...wish.refusals] };
    }
    case 'capture': {
      const [line, ...others] = operation.lines;
      if (line === undefined || others.length > 0) throw new Error('a capture of one line is asked for');
      const [hold] = holdsOf(ledger, operation, [line.serviceId, WHOLE_ORDER]);
      return hold === undefined
        ? noHold(ledger, operation)
        : leaving(hold, operation.userId, revenueKey(line.serviceId), line.amountUnits);
    }
    case 'release': {
      const [hold] = holdsOf(ledger, operation, [operation.serviceId]);
      return hold === undefined
        ? noHold(ledger, operation)
        : leaving(hold, operation.userId, availableKey(operation.userId, hold.wallet), operation.amountUnits);
    }
    case 'refund': {
      const holds = holdsOf(ledger, operation, [operation.serviceId, WHOLE_ORDER]);
      if (holds.length === 0) return noHold(ledger, operation);
      const hold = holds.find((each) => unrefunded(each, operation.serviceId) >= (operation.amountUnits ?? 1n));
      if (hold === undefined) return 'amount_exceeds_captured';
      const amountUnits = operation.amountUnits ?? unrefunded(hold, operation.serviceId);
      const credit = availableKey(operation.userId, hold.wallet);
      return { refusals: [], movement: { debit: revenueKey(operation.serviceId), credit, amountUnits } };
    }
  }
}

function taking(ledger: Books, userId: string, wallet: string, credit: AccountKey, amountUnits: bigint): Wish {
  const debit = availableKey(userId, wallet);
  return {
    refusals: [
      ['account_not_found', (ledger.accounts.get(debit)?.sequence ?? 0n) === 0n],
      ['insufficient_funds', balanceOf(ledger, debit) < amountUnits],
    ],
    movement: { debit, credit, amountUnits },
  };
}

function leaving(hold: Hold, userId: string, credit: AccountKey, askedUnits: bigint | undefined): Wish {
  const leftUnits = hold.reservedUnits - hold.capturedUnits - hold.releasedUnits;
  return {
    refusals: [['amount_exceeds_hold', leftUnits === 0n || (askedUnits ?? 0n) > leftUnits]],
    movement: { debit: reservedKey(userId, hold.wallet), credit, amountUnits: askedUnits ?? leftUnits },
  };
}

interface OfOrder {
  readonly orderId: string;
  readonly userId: string;
}

function holdsOf(ledger: Books, { orderId, userId }: OfOrder, services: readonly string[]): Hold[] {
  const order = ledger.orders.get(orderId);
  if (order === undefined || order.userId !== userId) return [];
  return services.flatMap((serviceId) => order.holds.get(serviceId) ?? []);
}

function noHold(ledger: Books, { orderId, userId }: OfOrder): RejectionReason {
  const order = ledger.orders.get(orderId);
  return order === undefined || order.userId === userId ? 'hold_not_found' : 'hold_mismatch';
}

function unrefunded(hold: Hold, serviceId: string): bigint {
  const captured = hold.captures.get(serviceId);
  return captured === undefined ? 0n : captured.capturedUnits - captured.refundedUnits;
}

function balanceOf(ledger: Books, key: AccountKey): bigint {
  return ledger.accounts.get(key)?.balanceUnits ?? 0n;
}
