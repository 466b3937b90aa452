import {
  applyBatch,
  leftOf,
  refundableOf,
  reservedKey,
  revenueKey,
  type AccountKey,
  type Books,
  type Hold,
  type Operation,
} from '@saldo/ledger';
import { expect } from 'chai';
import fc from 'fast-check';
import { booksAfter, stepsOf } from './ledger-books.js';
import { anyOpening, anyOperations } from './ledger-operations.js';

describe('A hold', () => {
  it('never gives more than it took, and no service more than it got', () => {
    fc.assert(
      fc.property(anyOpening, anyOperations, (opening, operations) => {
        for (const hold of holdsOf(booksAfter(opening, applyBatch(opening, operations).changes))) {
          const { reservedUnits, capturedUnits, releasedUnits, captures } = hold;
          expect(isBetween(0n, capturedUnits, reservedUnits)).to.equal(true);
          expect(isBetween(0n, releasedUnits, reservedUnits - capturedUnits)).to.equal(true);
          expect(leftOf(hold)).to.equal(reservedUnits - capturedUnits - releasedUnits);
          expect(sumOf(captures.values(), (captured) => captured.capturedUnits)).to.equal(capturedUnits);
          for (const [serviceId, captured] of captures) {
            expect(isBetween(0n, captured.refundedUnits, captured.capturedUnits)).to.equal(true);
            expect(refundableOf(hold, serviceId)).to.equal(captured.capturedUnits - captured.refundedUnits);
          }
        }
      }),
      { numRuns: 900 },
    );
  });

  it('is backed by money: what is left of all holds of a wallet is its reserved balance', () => {
    fc.assert(
      fc.property(anyOpening, anyOperations, (opening, operations) => {
        for (const { after } of stepsOf(opening, operations)) {
          expect(balancesOf(after, 'reserved/')).to.deep.equal(leftByWallet(after));
        }
      }),
      { numRuns: 600 },
    );
  });

  it("is where revenue comes from: a service's revenue is what holds say was captured less what was refunded", () => {
    fc.assert(
      fc.property(anyOpening, anyOperations, (opening, operations) => {
        const after = booksAfter(opening, applyBatch(opening, operations).changes);
        const expected = balancesOf(opening, 'revenue/');
        for (const [serviceId, captured] of holdsOf(after).flatMap((hold) => [...hold.captures])) {
          const earned = captured.capturedUnits - captured.refundedUnits;
          add(expected, revenueKey(serviceId), earned);
        }
        expect(withoutZeros(balancesOf(after, 'revenue/'))).to.deep.equal(withoutZeros(expected));
      }),
      { numRuns: 900 },
    );
  });

  it('is never lost, reserved again or given another wallet, and its order never gets another user', () => {
    fc.assert(
      fc.property(anyOpening, anyOperations, (opening, operations) => {
        for (const { before, after } of stepsOf(opening, operations)) {
          for (const { orderId, userId, holds } of before.orders.values()) {
            expect(after.orders.get(orderId)?.userId).to.equal(userId);
            for (const [serviceId, hold] of holds) {
              expect(after.orders.get(orderId)?.holds.get(serviceId)).to.satisfy(followsFrom(hold));
            }
          }
        }
      }),
      { numRuns: 450 },
    );
  });
});

describe('A capture over several services', () => {
  it('is all or nothing: it gives what its lines give one after another, unless one of them is refused', () => {
    const reached = { completed: 0, rejected: 0 };
    fc.assert(
      fc.property(anyOpening, anyOperations, (opening, operations) => {
        for (const { operation, before, outcome, changes } of stepsOf(opening, operations)) {
          if (operation.type !== 'capture' || operation.lines.length === 1) continue;
          const alone = applyBatch(
            before,
            operation.lines.map((line): Operation => ({ ...operation, lines: [line] })),
          );
          const refusal = alone.outcomes.find((each) => each.status === 'rejected');
          reached[outcome.status] += 1;
          if (refusal) {
            expect(outcome).to.deep.equal(refusal);
            expect(booksAfter(before, changes)).to.deep.equal(before);
          } else {
            const lines = alone.outcomes.flatMap((each) => (each.status === 'completed' ? each.lines : []));
            expect(outcome).to.deep.equal({ status: 'completed', lines });
            expect(changes).to.deep.equal(alone.changes);
          }
        }
      }),
      { numRuns: 1200 },
    );
    expect(reached.completed).to.be.greaterThan(20);
    expect(reached.rejected).to.be.greaterThan(20);
  });
});

function holdsOf({ orders }: Books): Hold[] {
  return [...orders.values()].flatMap((order) => [...order.holds.values()]);
}

function balancesOf({ accounts }: Books, prefix: string): Map<AccountKey, bigint> {
  return new Map(
    [...accounts].filter(([key]) => key.startsWith(prefix)).map(([key, { balanceUnits }]) => [key, balanceUnits]),
  );
}

function leftByWallet({ orders }: Books): Map<AccountKey, bigint> {
  const left = new Map<AccountKey, bigint>();
  for (const { userId, holds } of orders.values()) {
    for (const hold of holds.values()) {
      add(left, reservedKey(userId, hold.wallet), hold.reservedUnits - hold.capturedUnits - hold.releasedUnits);
    }
  }
  return left;
}

/** Whether what became of a hold could have: nothing about how it was made has changed, and its counts only grew. */
function followsFrom(before: Hold): (after: Hold | undefined) => boolean {
  return (after) =>
    after !== undefined &&
    after.orderId === before.orderId &&
    after.serviceId === before.serviceId &&
    after.wallet === before.wallet &&
    after.reservedUnits === before.reservedUnits &&
    after.releasedUnits >= before.releasedUnits &&
    after.capturedUnits >= before.capturedUnits;
}

function add(sums: Map<AccountKey, bigint>, key: AccountKey, units: bigint): void {
  sums.set(key, (sums.get(key) ?? 0n) + units);
}

function sumOf<T>(items: Iterable<T>, unitsOf: (item: T) => bigint): bigint {
  return [...items].reduce((sum, item) => sum + unitsOf(item), 0n);
}

function isBetween(least: bigint, units: bigint, most: bigint): boolean {
  return least <= units && units <= most;
}

function withoutZeros(sums: Map<AccountKey, bigint>): Map<AccountKey, bigint> {
  return new Map([...sums].filter(([, units]) => units !== 0n));
}
