import {
  applyBatch,
  availableKey,
  neededBy,
  reservedKey,
  type Account,
  type AccountKey,
  type Books,
  type Operation,
} from '@saldo/ledger';
import { expect } from 'chai';
import fc from 'fast-check';
import { booksAfter, stepsOf } from './ledger-books.js';
import { anyOpening, anyOperation, anyOperations } from './ledger-operations.js';

describe('A batch of operations', () => {
  it('gives what its operations give one by one, in every field', () => {
    fc.assert(
      fc.property(anyOpening, anyOperations, (opening, operations) => {
        const steps = stepsOf(opening, operations);
        const batch = applyBatch(opening, operations);
        expect(batch.outcomes).to.deep.equal(steps.map((step) => step.outcome));
        expect(booksAfter(opening, batch.changes)).to.deep.equal(steps.at(-1)?.after);
      }),
      { numRuns: 900 },
    );
  });

  it('gives the same however the operations are cut into batches', () => {
    const anySize = fc.integer({ min: 1, max: 20 });
    fc.assert(
      fc.property(anyOpening, anyOperations, anySize, (opening, operations, size) => {
        const whole = applyBatch(opening, operations);
        let books = opening;
        const outcomes = [];
        for (let start = 0; start < operations.length; start += size) {
          const part = applyBatch(books, operations.slice(start, start + size));
          outcomes.push(...part.outcomes);
          books = booksAfter(books, part.changes);
        }
        expect(outcomes).to.deep.equal(whole.outcomes);
        expect(books).to.deep.equal(booksAfter(opening, whole.changes));
      }),
      { numRuns: 450 },
    );
  });

  it('never changes the books or the operations that it is given', () => {
    fc.assert(
      fc.property(anyOpening, anyOperations, anyOperations, (opening, before, operations) => {
        const books = booksAfter(opening, applyBatch(opening, before).changes);
        const copies = structuredClone({ books, operations });
        applyBatch(books, operations);
        expect({ books, operations }).to.deep.equal(copies);
      }),
      { numRuns: 450 },
    );
  });

  it('writes back exactly what it changed', () => {
    fc.assert(
      fc.property(anyOpening, anyOperations, anyOperations, (opening, earlier, operations) => {
        const before = booksAfter(opening, applyBatch(opening, earlier).changes);
        const { outcomes, changes } = applyBatch(before, operations);
        const lines = outcomes.flatMap((outcome) => (outcome.status === 'completed' ? outcome.lines : []));
        const moved = new Set(lines.flatMap((line) => [line.debit.account, line.credit.account]));
        expect(new Set(changes.accounts.keys())).to.deep.equal(moved);
        expect(changes.newOrders.map((order) => order.orderId)).to.satisfy(areNew(before));
        for (const hold of changes.holds) {
          expect(hold).not.to.deep.equal(before.orders.get(hold.orderId)?.holds.get(hold.serviceId));
        }
        const after = booksAfter(before, changes);
        for (const order of changes.newOrders) expect(order).to.deep.equal(after.orders.get(order.orderId));
      }),
      { numRuns: 450 },
    );
  });
});

describe('What a batch needs', () => {
  const anyBatch = fc.array(anyOperation, { minLength: 1, maxLength: 10, size: 'max' });

  it('is enough: with nothing else in the books the outcomes and changes are the same', () => {
    fc.assert(
      fc.property(anyOpening, anyOperations, anyBatch, (opening, earlier, operations) => {
        const full = booksAfter(opening, applyBatch(opening, earlier).changes);
        expect(applyBatch(neededOf(full, operations), operations)).to.deep.equal(applyBatch(full, operations));
      }),
      { numRuns: 1200 },
    );
  });

  it('names every account that the batch makes', () => {
    fc.assert(
      fc.property(anyOpening, anyOperations, anyBatch, (opening, earlier, operations) => {
        const full = booksAfter(opening, applyBatch(opening, earlier).changes);
        const { accounts, created } = neededBy(operations);
        const made = [...applyBatch(full, operations).changes.accounts.keys()].filter((key) => !full.accounts.has(key));
        expect([...created]).to.include.members(made);
        expect([...accounts]).to.include.members([...created]);
      }),
      { numRuns: 600 },
    );
  });

  it('may be made beforehand: an account that never had an operation is as good as none', () => {
    fc.assert(
      fc.property(anyOpening, anyOperations, anyBatch, (opening, earlier, operations) => {
        const needed = neededOf(booksAfter(opening, applyBatch(opening, earlier).changes), operations);
        const made = [...neededBy(operations).accounts].map(unused);
        const withMade = { ...needed, accounts: new Map([...made, ...needed.accounts]) };
        expect(applyBatch(withMade, operations)).to.deep.equal(applyBatch(needed, operations));
      }),
      { numRuns: 600 },
    );
  });
});

/** The books without all that the operations don't need. */
function neededOf(full: Books, operations: readonly Operation[]): Books {
  const needed = neededBy(operations);
  const orders = new Map([...full.orders].filter(([orderId]) => needed.orders.has(orderId)));
  const keys = new Set(needed.accounts);
  for (const { userId, holds } of orders.values()) {
    for (const { wallet } of holds.values()) keys.add(availableKey(userId, wallet)).add(reservedKey(userId, wallet));
  }
  return { accounts: new Map([...full.accounts].filter(([key]) => keys.has(key))), orders };
}

function unused(key: AccountKey): [AccountKey, Account] {
  return [key, { key, balanceUnits: 0n, sequence: 0n }];
}

function areNew(before: Books): (orderIds: readonly string[]) => boolean {
  return (orderIds) => new Set(orderIds).size === orderIds.length && orderIds.every((id) => !before.orders.has(id));
}
