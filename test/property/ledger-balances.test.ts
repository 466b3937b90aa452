import {
  accountParts,
  applyBatch,
  BALANCE_UNITS_MAX,
  isSystemKind,
  type Account,
  type AccountKey,
  type Books,
  type Line,
  type Outcome,
  type Side,
} from '@saldo/ledger';
import { expect } from 'chai';
import fc from 'fast-check';
import { answerByTheBook } from './ledger-by-the-book.js';
import { booksAfter, stepsOf } from './ledger-books.js';
import { anyOpening, anyOperations } from './ledger-operations.js';

describe('After any operations', () => {
  it('nothing is created or lost: all accounts together are zero', () => {
    fc.assert(
      fc.property(anyOpening, anyOperations, (opening, operations) => {
        for (const { after } of stepsOf(opening, operations)) expect(sumOf(after)).to.equal(0n);
      }),
      { numRuns: 900 },
    );
  });

  it("no user's balance was ever below zero, and no balance beyond the limit", () => {
    fc.assert(
      fc.property(anyOpening, anyOperations, (opening, operations) => {
        for (const side of linesOf(applyBatch(opening, operations).outcomes).flatMap(sidesOf)) {
          const leastUnits = isSystemKind(accountParts(side.account).kind) ? -BALANCE_UNITS_MAX : 0n;
          expect(side.balanceUnits >= leastUnits && side.balanceUnits <= BALANCE_UNITS_MAX, side.account).to.equal(
            true,
          );
        }
      }),
      { numRuns: 900 },
    );
  });

  it('every balance is the sum of the lines on its account, each telling the balance right after it', () => {
    fc.assert(
      fc.property(anyOpening, anyOperations, (opening, operations) => {
        const { outcomes, changes } = applyBatch(opening, operations);
        const sums = new Map([...opening.accounts].map(([key, account]) => [key, account.balanceUnits]));
        const add = ({ account, balanceUnits }: Side, units: bigint): void => {
          const sum = (sums.get(account) ?? 0n) + units;
          expect(balanceUnits, account).to.equal(sum);
          sums.set(account, sum);
        };
        for (const { debit, credit, amountUnits } of linesOf(outcomes)) {
          expect(amountUnits > 0n).to.equal(true);
          add(debit, -amountUnits);
          add(credit, amountUnits);
        }
        expect(fieldOf(booksAfter(opening, changes), 'balanceUnits')).to.deep.equal(sums);
      }),
      { numRuns: 900 },
    );
  });

  it('the sequence of every account has gone 1, 2, 3, … without a gap', () => {
    fc.assert(
      fc.property(anyOpening, anyOperations, (opening, operations) => {
        const { outcomes, changes } = applyBatch(opening, operations);
        const last = fieldOf(opening, 'sequence');
        for (const { account, sequence } of linesOf(outcomes).flatMap(sidesOf)) {
          expect(sequence, account).to.equal((last.get(account) ?? 0n) + 1n);
          last.set(account, sequence);
        }
        expect(fieldOf(booksAfter(opening, changes), 'sequence')).to.deep.equal(last);
      }),
      { numRuns: 900 },
    );
  });

  it('a rejected operation has changed nothing', () => {
    const nothing = { accounts: new Map(), newOrders: [], holds: [] };
    fc.assert(
      fc.property(anyOpening, anyOperations, (opening, operations) => {
        for (const { outcome, changes } of stepsOf(opening, operations)) {
          if (outcome.status === 'rejected') expect(changes).to.deep.equal(nothing);
        }
      }),
      { numRuns: 600 },
    );
  });

  it('rejected operations might as well not have been sent', () => {
    fc.assert(
      fc.property(anyOpening, anyOperations, (opening, operations) => {
        const { outcomes, changes } = applyBatch(opening, operations);
        const completed = operations.filter((_, index) => outcomes[index]?.status === 'completed');
        const again = applyBatch(opening, completed);
        expect(again.outcomes).to.deep.equal(outcomes.filter((outcome) => outcome.status === 'completed'));
        expect(again.changes).to.deep.equal(changes);
      }),
      { numRuns: 600 },
    );
  });

  it('each was answered as the API says: moved between its two accounts, or refused for a reason that is true', () => {
    fc.assert(
      fc.property(anyOpening, anyOperations, (opening, operations) => {
        for (const { operation, before, outcome } of stepsOf(opening, operations)) {
          if (operation.type === 'capture' && operation.lines.length > 1) continue;
          expect(answerOf(outcome)).to.deep.equal(answerByTheBook(before, operation));
        }
      }),
      { numRuns: 1500 },
    );
  });
});

/** The outcome of an operation with one line, without what it left behind. */
function answerOf(outcome: Outcome): unknown {
  if (outcome.status === 'rejected') return outcome.reason;
  const [line, ...others] = outcome.lines;
  if (line === undefined || others.length > 0) throw new Error('one line was expected');
  return { debit: line.debit.account, credit: line.credit.account, amountUnits: line.amountUnits };
}

function linesOf(outcomes: readonly Outcome[]): Line[] {
  return outcomes.flatMap((outcome) => (outcome.status === 'completed' ? outcome.lines : []));
}

function sidesOf({ debit, credit }: Line): Side[] {
  return [debit, credit];
}

function sumOf({ accounts }: Books): bigint {
  return [...accounts.values()].reduce((sum, account) => sum + account.balanceUnits, 0n);
}

function fieldOf({ accounts }: Books, field: keyof Account & ('balanceUnits' | 'sequence')): Map<AccountKey, bigint> {
  return new Map([...accounts].map(([key, account]) => [key, account[field]]));
}
