import {
  availableKey,
  BALANCE_UNITS_MAX,
  EXTERNAL_KEY,
  reservedKey,
  revenueKey,
  WHOLE_ORDER,
  type Books,
  type Hold,
  type Operation,
} from '@saldo/ledger';
import fc from 'fast-check';
import { books, EMPTY_BOOKS } from './ledger-books.js';

/**
 * Operations over so few users, wallets, orders and services, and of so few amounts, that they meet all the time:
 * a reserve takes exactly what is left, a capture one unit more, a refund comes for another's order.
 */

/** Ids that would be mixed up if the parts of a key were joined by a character that an id may have. */
const USERS = ['1', '2', '1:main'] as const;
const WALLETS = ['main', 'main:main'] as const;
/** Each order with the user who mostly asks for it, so that orders are shared by chance but not always. */
const ORDERS = [
  ['o1', '1'],
  ['o2', '2'],
] as const;

/** So little below the limit that a few operations reach it. */
const NEARLY_FULL = BALANCE_UNITS_MAX - 12n;

const user = fc.constantFrom(...USERS);
const wallet = fc.oneof(
  { weight: 3, arbitrary: fc.constant('main') },
  { weight: 1, arbitrary: fc.constantFrom(...WALLETS) },
);
const service = fc.constantFrom('7', '7', '8', '8', 'main');
const heldService = fc.constantFrom(WHOLE_ORDER, WHOLE_ORDER, WHOLE_ORDER, '7', '7', '8');
const amountUnits = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(1n, 2n, 3n, 4n, 5n, 8n) },
  { weight: 1, arbitrary: fc.constant(NEARLY_FULL) },
);
const depositUnits = fc.constantFrom(1n, 5n, 10n, 20n);
const reservedUnits = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(1n, 3n, 5n, 8n, 13n) },
  { weight: 1, arbitrary: fc.constant(NEARLY_FULL) },
);
const optionalUnits = fc.oneof({ weight: 2, arbitrary: amountUnits }, { weight: 1, arbitrary: fc.constant(undefined) });
const ofOrder = fc
  .tuple(
    fc.constantFrom(...ORDERS),
    fc.oneof({ weight: 7, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: user }),
  )
  .map(([[orderId, owner], other]) => ({ orderId, userId: other ?? owner }));

const deposit = fc.record({ type: fc.constant('deposit'), userId: user, wallet, amountUnits: depositUnits });
const withdraw = fc.record({ type: fc.constant('withdraw'), userId: user, wallet, amountUnits });
const transfer = fc.record({
  type: fc.constant('transfer'),
  fromUserId: user,
  fromWallet: wallet,
  toUserId: user,
  toWallet: wallet,
  amountUnits,
});
const reserve = fc.tuple(ofOrder, wallet, heldService, reservedUnits).map(([of, from, serviceId, units]) => ({
  type: 'reserve' as const,
  ...of,
  wallet: from,
  serviceId,
  amountUnits: units,
}));
const line = fc.record({ serviceId: service, amountUnits: optionalUnits });
const capture = fc
  .tuple(ofOrder, fc.oneof(fc.tuple(line), fc.array(line, { minLength: 2, maxLength: 4 })))
  .map(([of, lines]) => ({ type: 'capture' as const, ...of, lines }));
const release = fc
  .tuple(ofOrder, heldService, optionalUnits)
  .map(([of, serviceId, units]) => ({ type: 'release' as const, ...of, serviceId, amountUnits: units }));
const refund = fc
  .tuple(ofOrder, service, optionalUnits)
  .map(([of, serviceId, units]) => ({ type: 'refund' as const, ...of, serviceId, amountUnits: units }));

/** One operation of any type. */
export const anyOperation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 5, arbitrary: deposit },
  { weight: 2, arbitrary: withdraw },
  { weight: 2, arbitrary: transfer },
  { weight: 7, arbitrary: reserve },
  { weight: 6, arbitrary: capture },
  { weight: 3, arbitrary: release },
  { weight: 4, arbitrary: refund },
);

/** Everybody has some money. */
const SOME_MONEY: Books = books([
  { key: EXTERNAL_KEY, balanceUnits: -60n, sequence: 3n },
  ...USERS.map((userId) => ({ key: availableKey(userId, 'main'), balanceUnits: 20n, sequence: 1n })),
]);

/** As much came in from outside, for one wallet, as nearly can. Another has what it was given back from revenue. */
const FULL_WALLET: Books = books([
  { key: EXTERNAL_KEY, balanceUnits: -NEARLY_FULL, sequence: 1n },
  { key: availableKey('1', 'main'), balanceUnits: NEARLY_FULL + 10n, sequence: 1n },
  { key: revenueKey('7'), balanceUnits: -30n, sequence: 1n },
  { key: availableKey('2', 'main'), balanceUnits: 20n, sequence: 1n },
]);

/**
 * One order's hold, one service's revenue and the money outside are nearly full. The other services' revenue is far
 * below zero, as on a lane that refunds what was captured on another.
 */
const FULL_HOLD: Books = books(
  [
    { key: EXTERNAL_KEY, balanceUnits: NEARLY_FULL + 10n, sequence: 1n },
    { key: revenueKey('7'), balanceUnits: -NEARLY_FULL - 6n, sequence: 1n },
    { key: revenueKey('8'), balanceUnits: NEARLY_FULL, sequence: 1n },
    { key: revenueKey('9'), balanceUnits: -NEARLY_FULL - 12n, sequence: 1n },
    { key: revenueKey('main'), balanceUnits: -NEARLY_FULL - 12n, sequence: 1n },
    { key: availableKey('1', 'main'), balanceUnits: 20n, sequence: 3n },
    { key: reservedKey('1', 'main'), balanceUnits: NEARLY_FULL, sequence: 1n },
  ],
  [{ orderId: 'o1', userId: '1', holds: new Map([[WHOLE_ORDER, wholeOrderHold('o1', NEARLY_FULL)]]) }],
);

function wholeOrderHold(orderId: string, units: bigint): Hold {
  return {
    orderId,
    serviceId: WHOLE_ORDER,
    wallet: 'main',
    reservedUnits: units,
    releasedUnits: 0n,
    capturedUnits: 0n,
    captures: new Map(),
  };
}

/** Books in which all sums are right: empty, with some money, or close to the balance limit. */
export const anyOpening: fc.Arbitrary<Books> = fc.oneof(
  { weight: 2, arbitrary: fc.constant(EMPTY_BOOKS) },
  { weight: 3, arbitrary: fc.constant(SOME_MONEY) },
  { weight: 1, arbitrary: fc.constant(FULL_WALLET) },
  { weight: 1, arbitrary: fc.constant(FULL_HOLD) },
);

export const anyOperations: fc.Arbitrary<Operation[]> = fc.array(anyOperation, {
  minLength: 1,
  maxLength: 100,
  size: 'max',
});
