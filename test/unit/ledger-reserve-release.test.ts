import { availableKey, BALANCE_UNITS_MAX, reservedKey, type OperationRequest } from '@saldo/ledger';
import { expect } from 'chai';
import { books } from '../property/ledger-books.js';
import { LedgerStory } from './ledger-story.js';

const deposit: OperationRequest = { type: 'deposit', user_id: '42', amount: '100' };
const reserveWhole: OperationRequest = { type: 'reserve', user_id: '42', order_id: 'o1', amount: '30' };
const reserve: OperationRequest = { ...reserveWhole, service_id: '7' };
const releaseWhole: OperationRequest = { type: 'release', user_id: '42', order_id: 'o1' };
const release: OperationRequest = { ...releaseWhole, service_id: '7' };

describe('A reserve', () => {
  it('moves money from available to reserved', () => {
    const ledger = new LedgerStory().given(deposit);
    expect(ledger.apply(reserve)).to.deep.equal(['30.00 from user:42:main:available to user:42:main:reserved']);
    expect(ledger.balance('user:42:main:available')).to.equal('70.00');
    expect(ledger.balance('user:42:main:reserved')).to.equal('30.00');
  });

  it('tells on its line which service it was for, and none where it was for the whole order', () => {
    const ledger = new LedgerStory().given(deposit);
    expect(ledger.outcomeOf(reserve)).to.have.nested.property('lines[0].serviceId', '7');
    expect(ledger.outcomeOf(reserveWhole)).to.have.nested.property('lines[0].serviceId', '');
  });

  it('takes from the wallet that it names', () => {
    const ledger = new LedgerStory().given({ ...deposit, wallet: 'savings' });
    expect(ledger.apply({ ...reserve, wallet: 'savings' })).to.deep.equal([
      '30.00 from user:42:savings:available to user:42:savings:reserved',
    ]);
  });

  it('never takes more than is available', () => {
    const ledger = new LedgerStory().given(deposit);
    expect(ledger.apply({ ...reserve, amount: '100.0001' })).to.equal('insufficient_funds');
    expect(ledger.apply({ ...reserve, amount: '100' })).to.be.an('array');
  });

  it('finds no account where the user or wallet never had any money', () => {
    expect(new LedgerStory().apply(reserve)).to.equal('account_not_found');
    expect(new LedgerStory().given(deposit).apply({ ...reserve, wallet: 'savings' })).to.equal('account_not_found');
  });

  it('is made once for an order and service, from whatever wallet and of whatever amount', () => {
    const ledger = new LedgerStory().given(deposit, reserve, { ...deposit, wallet: 'savings' });
    expect(ledger.apply(reserve)).to.equal('hold_exists');
    expect(ledger.apply({ ...reserve, amount: '1', wallet: 'savings' })).to.equal('hold_exists');
  });

  it('is made once for good: a late copy locks no money after all was released', () => {
    const ledger = new LedgerStory().given(deposit, reserve, release);
    expect(ledger.apply(reserve)).to.equal('hold_exists');
  });

  it('may be made for several services of an order and for the order as a whole beside them', () => {
    const ledger = new LedgerStory().given(deposit, reserve, { ...reserve, service_id: '8' }, reserveWhole);
    expect(ledger.balance('user:42:main:reserved')).to.equal('90.00');
    expect(ledger.apply({ ...reserveWhole, amount: '1' })).to.equal('hold_exists');
  });

  it("is refused for another user's order, also for a service that nobody reserved", () => {
    const ledger = new LedgerStory().given(deposit, reserve, { ...deposit, user_id: '43' });
    expect(ledger.apply({ ...reserve, user_id: '43' })).to.equal('hold_mismatch');
    expect(ledger.apply({ ...reserve, user_id: '43', service_id: '8' })).to.equal('hold_mismatch');
  });

  it('that was refused claims no order', () => {
    const ledger = new LedgerStory().given(deposit, { ...deposit, user_id: '43' });
    expect(ledger.apply({ ...reserve, amount: '101' })).to.equal('insufficient_funds');
    expect(ledger.apply({ ...reserve, user_id: '43' })).to.be.an('array');
  });

  it('is refused where the reserved balance would grow past the limit', () => {
    const ledger = new LedgerStory(
      books([{ key: reservedKey('42', 'main'), balanceUnits: BALANCE_UNITS_MAX - 1n, sequence: 1n }]),
    ).given(deposit);
    expect(ledger.apply({ ...reserve, amount: '0.0002' })).to.equal('balance_limit_exceeded');
    expect(ledger.apply({ ...reserve, amount: '0.0001' })).to.be.an('array');
  });
});

describe('A release', () => {
  it('moves money from reserved back to available: all that is left, where it names no amount', () => {
    const ledger = new LedgerStory().given(deposit, reserve);
    expect(ledger.apply({ ...release, amount: '10' })).to.deep.equal([
      '10.00 from user:42:main:reserved to user:42:main:available',
    ]);
    expect(ledger.apply(release)).to.deep.equal(['20.00 from user:42:main:reserved to user:42:main:available']);
    expect(ledger.balance('user:42:main:available')).to.equal('100.00');
  });

  it('goes back to the wallet that the money came from', () => {
    const ledger = new LedgerStory().given({ ...deposit, wallet: 'savings' }, { ...reserve, wallet: 'savings' });
    expect(ledger.apply(release)).to.deep.equal(['30.00 from user:42:savings:reserved to user:42:savings:available']);
  });

  it('never gives back more than is left, nor nothing', () => {
    const ledger = new LedgerStory().given(deposit, reserve, {
      type: 'capture',
      user_id: '42',
      order_id: 'o1',
      service_id: '7',
      amount: '20',
    });
    expect(ledger.apply({ ...release, amount: '10.0001' })).to.equal('amount_exceeds_hold');
    expect(ledger.apply({ ...release, amount: '10' })).to.be.an('array');
    expect(ledger.apply(release)).to.equal('amount_exceeds_hold');
    expect(ledger.apply({ ...release, amount: '0.0001' })).to.equal('amount_exceeds_hold');
  });

  it('finds the hold by exactly the service that it was reserved with', () => {
    const ledger = new LedgerStory().given(deposit, reserve);
    expect(ledger.apply(releaseWhole)).to.equal('hold_not_found');
    expect(ledger.apply({ ...release, service_id: '8' })).to.equal('hold_not_found');
    expect(ledger.apply({ ...release, order_id: 'o2' })).to.equal('hold_not_found');
    ledger.given({ ...reserveWhole, amount: '5' });
    expect(ledger.apply({ ...release, service_id: '8' })).to.equal('hold_not_found');
    expect(ledger.apply(releaseWhole)).to.deep.equal(['5.00 from user:42:main:reserved to user:42:main:available']);
  });

  it("is refused for another user's order", () => {
    const ledger = new LedgerStory().given(deposit, reserve);
    expect(ledger.apply({ ...release, user_id: '43' })).to.equal('hold_mismatch');
  });

  it('is refused where the available balance would grow past the limit, and the hold stays', () => {
    const full = { key: availableKey('42', 'main'), balanceUnits: BALANCE_UNITS_MAX, sequence: 1n };
    const ledger = new LedgerStory(books([full])).given(reserve, { ...deposit, amount: '29.9999' });
    expect(ledger.apply(release)).to.equal('balance_limit_exceeded');
    expect(ledger.apply({ ...release, amount: '0.0001' })).to.be.an('array');
    expect(ledger.balance('user:42:main:reserved')).to.equal('29.9999');
  });
});
