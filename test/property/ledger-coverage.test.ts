import {
  REJECTIONS,
  WHOLE_ORDER,
  type Books,
  type Hold,
  type Line,
  type OperationType,
  type Outcome,
  type RejectionReason,
} from '@saldo/ledger';
import { expect } from 'chai';
import fc from 'fast-check';
import { stepsOf, type Step } from './ledger-books.js';
import { anyOpening, anyOperations } from './ledger-operations.js';

/** Everything that an operation of each type may be refused for, and nothing else. */
const REFUSALS: Readonly<Record<OperationType, readonly RejectionReason[]>> = {
  deposit: ['balance_limit_exceeded'],
  withdraw: ['account_not_found', 'balance_limit_exceeded', 'insufficient_funds'],
  transfer: ['account_not_found', 'balance_limit_exceeded', 'insufficient_funds', 'same_account'],
  reserve: ['account_not_found', 'balance_limit_exceeded', 'hold_exists', 'hold_mismatch', 'insufficient_funds'],
  capture: ['amount_exceeds_hold', 'balance_limit_exceeded', 'hold_mismatch', 'hold_not_found'],
  release: ['amount_exceeds_hold', 'balance_limit_exceeded', 'hold_mismatch', 'hold_not_found'],
  refund: ['amount_exceeds_captured', 'balance_limit_exceeded', 'hold_mismatch', 'hold_not_found'],
};

/** Situations that the properties say nothing about unless they come up. */
const CORNERS: Readonly<Record<string, (step: Step) => boolean>> = {
  'a wallet emptied to the last unit': ({ operation, outcome }) =>
    operation.type === 'withdraw' && linesOf(outcome).some((line) => line.debit.balanceUnits === 0n),
  'a hold emptied to the last unit by an amount that was asked for': ({ operation, outcome, after }) =>
    operation.type === 'release' &&
    operation.amountUnits !== undefined &&
    outcome.status === 'completed' &&
    leftIn(holdIn(after, operation.orderId, operation.serviceId)) === 0n,
  'a release of one unit too much': ({ operation, before }) =>
    operation.type === 'release' &&
    operation.amountUnits === 1n + leftIn(holdIn(before, operation.orderId, operation.serviceId)),
  "a service captured out of the order's own hold": ({ operation, before, outcome }) =>
    operation.type === 'capture' &&
    linesOf(outcome).some(({ serviceId }) => holdIn(before, operation.orderId, serviceId) === undefined),
  'a capture from two wallets': ({ operation, outcome }) =>
    operation.type === 'capture' && new Set(linesOf(outcome).map((line) => line.debit.account)).size > 1,
  'a capture with one service twice': ({ operation, outcome }) =>
    operation.type === 'capture' &&
    new Set(linesOf(outcome).map((line) => line.serviceId)).size < linesOf(outcome).length,
  "a refund out of the order's own hold though the service's has something to refund": (step) =>
    step.operation.type === 'refund' &&
    step.changes.holds.some((hold) => hold.serviceId === WHOLE_ORDER) &&
    refundableIn(holdIn(step.before, step.operation.orderId, step.operation.serviceId), step.operation.serviceId) > 0n,
};

describe('The operations that these properties are tried with', () => {
  const answers = new Map<string, number>();
  const corners = new Map<string, number>();

  before(() => {
    fc.assert(
      fc.property(anyOpening, anyOperations, (opening, operations) => {
        for (const step of stepsOf(opening, operations)) {
          const { operation, outcome } = step;
          count(answers, `${operation.type} ${outcome.status === 'rejected' ? outcome.reason : 'completed'}`);
          for (const [name, isReached] of Object.entries(CORNERS)) if (isReached(step)) count(corners, name);
        }
      }),
      { seed: 42, numRuns: 3000 },
    );
  });

  it('complete in every type, and are refused for every reason that their type may be refused for, and no other', () => {
    const expected = Object.entries(REFUSALS).flatMap(([type, reasons]) =>
      ['completed', ...reasons].map((answer) => `${type} ${answer}`),
    );
    expect([...answers.keys()]).to.have.members(expected);
    expect(rareOnes(answers)).to.deep.equal([]);
  });

  it('are refused for every reason there is', () => {
    expect(Object.keys(REJECTIONS)).to.have.members([...new Set(Object.values(REFUSALS).flat())]);
  });

  for (const name of Object.keys(CORNERS)) {
    it(`reach ${name}`, () => {
      expect(corners.get(name) ?? 0).to.be.greaterThan(5);
    });
  }
});

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

/** What came up so seldom that another seed might miss it. */
function rareOnes(counts: ReadonlyMap<string, number>): string[] {
  return [...counts].filter(([, times]) => times < 10).map(([name]) => name);
}

function linesOf(outcome: Outcome): readonly Line[] {
  return outcome.status === 'completed' ? outcome.lines : [];
}

function holdIn({ orders }: Books, orderId: string, serviceId: string): Hold | undefined {
  return orders.get(orderId)?.holds.get(serviceId);
}

function leftIn(hold: Hold | undefined): bigint {
  return hold === undefined ? 0n : hold.reservedUnits - hold.capturedUnits - hold.releasedUnits;
}

function refundableIn(hold: Hold | undefined, serviceId: string): bigint {
  const captured = hold?.captures.get(serviceId);
  return captured === undefined ? 0n : captured.capturedUnits - captured.refundedUnits;
}
