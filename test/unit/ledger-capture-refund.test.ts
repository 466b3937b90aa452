import { availableKey, BALANCE_UNITS_MAX, revenueKey, type OperationRequest } from '@saldo/ledger';
import { expect } from 'chai';
import { books } from '../property/ledger-books.js';
import { LedgerStory } from './ledger-story.js';

const deposit: OperationRequest = { type: 'deposit', user_id: '42', amount: '100' };
const reserveWhole: OperationRequest = { type: 'reserve', user_id: '42', order_id: 'o1', amount: '30' };
const reserve: OperationRequest = { ...reserveWhole, service_id: '7' };
const capture: OperationRequest = { type: 'capture', user_id: '42', order_id: 'o1', service_id: '7' };
const refund: OperationRequest = { type: 'refund', user_id: '42', order_id: 'o1', service_id: '7' };

function captureOf(...lines: readonly (readonly [service_id: string, amount: string])[]): OperationRequest {
  const named = lines.map(([service_id, amount]) => ({ service_id, amount }));
  return { type: 'capture', user_id: '42', order_id: 'o1', lines: named };
}

describe('A capture', () => {
  it("moves money from reserved to the service's revenue: all that is left, where it names no amount", () => {
    const ledger = new LedgerStory().given(deposit, reserve);
    expect(ledger.apply({ ...capture, amount: '10' })).to.deep.equal(['10.00 from user:42:main:reserved to revenue:7']);
    expect(ledger.apply(capture)).to.deep.equal(['20.00 from user:42:main:reserved to revenue:7']);
    expect(ledger.balances()).to.deep.equal({
      external: '-100.00',
      'user:42:main:available': '70.00',
      'user:42:main:reserved': '0.00',
      'revenue:7': '30.00',
    });
  });

  it('never takes more than is left of the hold, nor nothing', () => {
    const ledger = new LedgerStory().given(deposit, reserve, { ...capture, amount: '10' });
    ledger.given({ type: 'release', user_id: '42', order_id: 'o1', service_id: '7', amount: '5' });
    expect(ledger.apply({ ...capture, amount: '15.0001' })).to.equal('amount_exceeds_hold');
    expect(ledger.apply({ ...capture, amount: '15' })).to.be.an('array');
    expect(ledger.apply(capture)).to.equal('amount_exceeds_hold');
  });

  it("takes any service out of the order's own hold", () => {
    const ledger = new LedgerStory().given(deposit, reserveWhole);
    expect(ledger.apply({ ...capture, service_id: '8', amount: '10' })).to.deep.equal([
      '10.00 from user:42:main:reserved to revenue:8',
    ]);
    expect(ledger.apply(capture)).to.deep.equal(['20.00 from user:42:main:reserved to revenue:7']);
  });

  it("takes a service that has a hold of its own out of that, and leaves the order's alone", () => {
    const ledger = new LedgerStory().given(deposit, reserve, { ...reserveWhole, amount: '50' });
    expect(ledger.apply({ ...capture, amount: '31' })).to.equal('amount_exceeds_hold');
    expect(ledger.apply(capture)).to.deep.equal(['30.00 from user:42:main:reserved to revenue:7']);
    expect(ledger.apply({ ...capture, amount: '1' })).to.equal('amount_exceeds_hold');
    expect(ledger.apply({ type: 'release', user_id: '42', order_id: 'o1' })).to.deep.equal([
      '50.00 from user:42:main:reserved to user:42:main:available',
    ]);
  });

  it('takes from the wallet that was reserved from', () => {
    const ledger = new LedgerStory().given({ ...deposit, wallet: 'savings' }, { ...reserve, wallet: 'savings' });
    expect(ledger.apply(capture)).to.deep.equal(['30.00 from user:42:savings:reserved to revenue:7']);
  });

  it('finds no hold where nothing was reserved for the order or the service', () => {
    const ledger = new LedgerStory().given(deposit, reserve);
    expect(ledger.apply({ ...capture, order_id: 'o2' })).to.equal('hold_not_found');
    expect(ledger.apply({ ...capture, service_id: '8' })).to.equal('hold_not_found');
  });

  it("is refused for another user's order", () => {
    const ledger = new LedgerStory().given(deposit, reserve);
    expect(ledger.apply({ ...capture, user_id: '43' })).to.equal('hold_mismatch');
  });

  it("is refused where the service's revenue would grow past the limit", () => {
    const nearlyFull = { key: revenueKey('7'), balanceUnits: BALANCE_UNITS_MAX - 1n, sequence: 1n };
    const ledger = new LedgerStory(books([nearlyFull])).given(deposit, reserve);
    expect(ledger.apply({ ...capture, amount: '0.0002' })).to.equal('balance_limit_exceeded');
    expect(ledger.apply({ ...capture, amount: '0.0001' })).to.be.an('array');
  });
});

describe('A capture over several services', () => {
  it('moves a line for each, in the order given', () => {
    const ledger = new LedgerStory().given(deposit, reserveWhole);
    expect(ledger.apply(captureOf(['8', '10'], ['7', '20']))).to.deep.equal([
      '10.00 from user:42:main:reserved to revenue:8',
      '20.00 from user:42:main:reserved to revenue:7',
    ]);
  });

  it('tells the balance and the sequence number after each line', () => {
    const ledger = new LedgerStory().given(deposit, reserveWhole);
    const outcome = ledger.outcomeOf(captureOf(['8', '10'], ['7', '20']));
    expect(outcome).to.have.nested.property('lines[0].debit.balanceUnits', 200_000n);
    expect(outcome).to.have.nested.property('lines[0].debit.sequence', 2n);
    expect(outcome).to.have.nested.property('lines[0].serviceId', '8');
    expect(outcome).to.have.nested.property('lines[1].debit.balanceUnits', 0n);
    expect(outcome).to.have.nested.property('lines[1].debit.sequence', 3n);
    expect(outcome).to.have.nested.property('lines[1].serviceId', '7');
  });

  it("takes each out of its own hold where it has one, else out of the order's", () => {
    const ledger = new LedgerStory().given(
      deposit,
      { ...deposit, wallet: 'savings' },
      { ...reserve, wallet: 'savings' },
      reserveWhole,
    );
    expect(ledger.apply(captureOf(['7', '30'], ['8', '30']))).to.deep.equal([
      '30.00 from user:42:savings:reserved to revenue:7',
      '30.00 from user:42:main:reserved to revenue:8',
    ]);
  });

  const tooMuch: readonly [string, OperationRequest, string][] = [
    ['together take more than the hold has', captureOf(['8', '10'], ['7', '20.0001']), 'amount_exceeds_hold'],
    ['are for one service and together too much', captureOf(['7', '20'], ['7', '20']), 'amount_exceeds_hold'],
    ['would take a revenue past the limit', captureOf(['8', '10'], ['9', '0.0003']), 'balance_limit_exceeded'],
    ['together would do so', captureOf(['9', '0.0001'], ['8', '1'], ['9', '0.0002']), 'balance_limit_exceeded'],
  ];
  for (const [when, request, reason] of tooMuch) {
    it(`captures nothing where its lines ${when}`, () => {
      const nearlyFull = { key: revenueKey('9'), balanceUnits: BALANCE_UNITS_MAX - 2n, sequence: 1n };
      const ledger = new LedgerStory(books([nearlyFull])).given(deposit, reserveWhole);
      const before = ledger.balances();
      expect(ledger.apply(request)).to.equal(reason);
      expect(ledger.balances()).to.deep.equal(before);
      expect(ledger.apply(captureOf(['8', '29.9998'], ['9', '0.0002']))).to.be.an('array');
    });
  }

  it('captures nothing where one service has no hold and the order has none of its own', () => {
    const ledger = new LedgerStory().given(deposit, reserve);
    expect(ledger.apply(captureOf(['7', '10'], ['8', '10']))).to.equal('hold_not_found');
    expect(ledger.apply(captureOf(['7', '30']))).to.be.an('array');
  });
});

describe('A refund', () => {
  it("moves money from the service's revenue to available: all that was captured, where it names no amount", () => {
    const ledger = new LedgerStory().given(deposit, reserve, capture);
    expect(ledger.apply({ ...refund, amount: '10' })).to.deep.equal(['10.00 from revenue:7 to user:42:main:available']);
    expect(ledger.apply(refund)).to.deep.equal(['20.00 from revenue:7 to user:42:main:available']);
    expect(ledger.balances()).to.deep.equal({
      external: '-100.00',
      'user:42:main:available': '100.00',
      'user:42:main:reserved': '0.00',
      'revenue:7': '0.00',
    });
  });

  it('goes back to the wallet that was reserved from', () => {
    const ledger = new LedgerStory().given(
      { ...deposit, wallet: 'savings' },
      { ...reserve, wallet: 'savings' },
      capture,
    );
    expect(ledger.apply(refund)).to.deep.equal(['30.00 from revenue:7 to user:42:savings:available']);
  });

  it('never gives back more than was captured and not yet refunded, nor nothing', () => {
    const ledger = new LedgerStory().given(deposit, reserve, { ...capture, amount: '20' });
    expect(ledger.apply({ ...refund, amount: '20.0001' })).to.equal('amount_exceeds_captured');
    ledger.given({ ...refund, amount: '15' });
    expect(ledger.apply({ ...refund, amount: '5.0001' })).to.equal('amount_exceeds_captured');
    ledger.given({ ...refund, amount: '5' });
    expect(ledger.apply(refund)).to.equal('amount_exceeds_captured');
  });

  it('gives back only what was captured for the same service', () => {
    const ledger = new LedgerStory().given(deposit, reserveWhole, captureOf(['7', '10'], ['8', '20']));
    expect(ledger.apply({ ...refund, amount: '11' })).to.equal('amount_exceeds_captured');
    expect(ledger.apply({ ...refund, service_id: '9' })).to.equal('amount_exceeds_captured');
    expect(ledger.apply(refund)).to.deep.equal(['10.00 from revenue:7 to user:42:main:available']);
  });

  it('frees nothing of the hold: what was captured once is not captured again', () => {
    const ledger = new LedgerStory().given(deposit, reserve, capture, refund);
    expect(ledger.apply({ ...capture, amount: '1' })).to.equal('amount_exceeds_hold');
  });

  it("comes out of the service's hold or the order's, whichever has enough captured, the service's first", () => {
    const ledger = new LedgerStory().given(
      { ...deposit, wallet: 'savings' },
      deposit,
      { ...reserveWhole, wallet: 'savings', amount: '50' },
      { ...capture, amount: '50' },
      reserve,
      capture,
    );
    expect(ledger.apply({ ...refund, amount: '40' })).to.deep.equal([
      '40.00 from revenue:7 to user:42:savings:available',
    ]);
    expect(ledger.apply({ ...refund, amount: '10' })).to.deep.equal(['10.00 from revenue:7 to user:42:main:available']);
    expect(ledger.apply(refund)).to.deep.equal(['20.00 from revenue:7 to user:42:main:available']);
    expect(ledger.apply(refund)).to.deep.equal(['10.00 from revenue:7 to user:42:savings:available']);
    expect(ledger.apply(refund)).to.equal('amount_exceeds_captured');
  });

  it('finds no hold where nothing was reserved for the order or the service', () => {
    const ledger = new LedgerStory().given(deposit, reserve, capture);
    expect(ledger.apply({ ...refund, order_id: 'o2' })).to.equal('hold_not_found');
    expect(ledger.apply({ ...refund, service_id: '8' })).to.equal('hold_not_found');
  });

  it("is refused for another user's order", () => {
    const ledger = new LedgerStory().given(deposit, reserve, capture);
    expect(ledger.apply({ ...refund, user_id: '43' })).to.equal('hold_mismatch');
  });

  it('is refused where the available balance would grow past the limit', () => {
    const full = { key: availableKey('42', 'main'), balanceUnits: BALANCE_UNITS_MAX, sequence: 1n };
    const ledger = new LedgerStory(books([full])).given(reserve, capture, { ...deposit, amount: '29.9999' });
    expect(ledger.apply(refund)).to.equal('balance_limit_exceeded');
    expect(ledger.apply({ ...refund, amount: '0.0001' })).to.be.an('array');
  });
});
