import { availableKey, BALANCE_UNITS_MAX, EXTERNAL_KEY, type OperationRequest } from '@saldo/ledger';
import { expect } from 'chai';
import { books } from '../property/ledger-books.js';
import { LedgerStory } from './ledger-story.js';

const deposit = (user_id: string, amount: string, wallet?: string): OperationRequest => ({
  type: 'deposit',
  user_id,
  amount,
  ...(wallet === undefined ? {} : { wallet }),
});
const withdraw = (user_id: string, amount: string): OperationRequest => ({ type: 'withdraw', user_id, amount });
const transfer = (from_user_id: string, to_user_id: string, amount: string): OperationRequest => ({
  type: 'transfer',
  from_user_id,
  to_user_id,
  amount,
});

describe('A deposit', () => {
  it('moves money from outside to what the user has available', () => {
    const ledger = new LedgerStory();
    expect(ledger.apply(deposit('42', '199.99'))).to.deep.equal(['199.99 from external to user:42:main:available']);
    expect(ledger.balances()).to.deep.equal({ external: '-199.99', 'user:42:main:available': '199.99' });
  });

  it('goes into the wallet that it names', () => {
    const ledger = new LedgerStory().given(deposit('42', '1'), deposit('42', '2', 'savings'));
    expect(ledger.balance('user:42:main:available')).to.equal('1.00');
    expect(ledger.balance('user:42:savings:available')).to.equal('2.00');
  });

  it('tells both balances and both sequence numbers after it', () => {
    const ledger = new LedgerStory().given(deposit('42', '1'), deposit('7', '1'));
    expect(ledger.outcomeOf(deposit('42', '0.5'))).to.deep.equal({
      status: 'completed',
      lines: [
        {
          debit: { account: EXTERNAL_KEY, balanceUnits: -25_000n, sequence: 3n },
          credit: { account: availableKey('42', 'main'), balanceUnits: 15_000n, sequence: 2n },
          amountUnits: 5_000n,
          serviceId: '',
        },
      ],
    });
  });

  it('is refused where the balance would grow past the limit, and fills it to the last unit', () => {
    const ledger = new LedgerStory(
      books([{ key: availableKey('42', 'main'), balanceUnits: BALANCE_UNITS_MAX - 1n, sequence: 1n }]),
    );
    expect(ledger.apply(deposit('42', '0.0002'))).to.equal('balance_limit_exceeded');
    expect(ledger.apply(deposit('42', '0.0001'))).to.be.an('array');
  });

  it('is refused where more would have come from outside than the limit', () => {
    const ledger = new LedgerStory(books([{ key: EXTERNAL_KEY, balanceUnits: -BALANCE_UNITS_MAX + 1n, sequence: 1n }]));
    expect(ledger.apply(deposit('42', '0.0002'))).to.equal('balance_limit_exceeded');
    expect(ledger.apply(deposit('42', '0.0001'))).to.be.an('array');
  });
});

describe('A withdrawal', () => {
  it('moves money from what is available to outside, to the last unit', () => {
    const ledger = new LedgerStory().given(deposit('42', '10'));
    expect(ledger.apply(withdraw('42', '10'))).to.deep.equal(['10.00 from user:42:main:available to external']);
    expect(ledger.balances()).to.deep.equal({ external: '0.00', 'user:42:main:available': '0.00' });
  });

  it('never takes more than is available', () => {
    const ledger = new LedgerStory().given(deposit('42', '10'));
    expect(ledger.apply(withdraw('42', '10.0001'))).to.equal('insufficient_funds');
    expect(ledger.balance('user:42:main:available')).to.equal('10.00');
  });

  it('never takes what is reserved', () => {
    const ledger = new LedgerStory().given(deposit('42', '10'), {
      type: 'reserve',
      user_id: '42',
      order_id: 'o1',
      amount: '4',
    });
    expect(ledger.apply(withdraw('42', '6.0001'))).to.equal('insufficient_funds');
    expect(ledger.apply(withdraw('42', '6'))).to.be.an('array');
  });

  it('finds no account where a user or wallet never had any money', () => {
    const ledger = new LedgerStory().given(deposit('42', '10'));
    expect(ledger.apply(withdraw('43', '1'))).to.equal('account_not_found');
    expect(ledger.apply({ ...withdraw('42', '1'), wallet: 'savings' })).to.equal('account_not_found');
  });

  it('finds an emptied account, which has insufficient funds', () => {
    const ledger = new LedgerStory().given(deposit('42', '10'), withdraw('42', '10'));
    expect(ledger.apply(withdraw('42', '1'))).to.equal('insufficient_funds');
  });

  it('is refused where more would have gone outside than the limit', () => {
    const ledger = new LedgerStory(
      books([
        { key: EXTERNAL_KEY, balanceUnits: BALANCE_UNITS_MAX - 1n, sequence: 1n },
        { key: availableKey('42', 'main'), balanceUnits: 10n, sequence: 1n },
      ]),
    );
    expect(ledger.apply(withdraw('42', '0.0002'))).to.equal('balance_limit_exceeded');
    expect(ledger.apply(withdraw('42', '0.0001'))).to.be.an('array');
  });
});

describe('A transfer', () => {
  it("moves money from what one user has available to another's, who needs no account before", () => {
    const ledger = new LedgerStory().given(deposit('1', '10'));
    expect(ledger.apply(transfer('1', '2', '3.5'))).to.deep.equal([
      '3.50 from user:1:main:available to user:2:main:available',
    ]);
    expect(ledger.balances()).to.deep.equal({
      external: '-10.00',
      'user:1:main:available': '6.50',
      'user:2:main:available': '3.50',
    });
  });

  it('moves money between two wallets of one user', () => {
    const ledger = new LedgerStory().given(deposit('1', '10'));
    expect(ledger.apply({ ...transfer('1', '1', '3'), to_wallet: 'savings' })).to.deep.equal([
      '3.00 from user:1:main:available to user:1:savings:available',
    ]);
    expect(ledger.apply({ ...transfer('1', '1', '1'), from_wallet: 'savings' })).to.deep.equal([
      '1.00 from user:1:savings:available to user:1:main:available',
    ]);
  });

  it('never goes back to the account that it comes from, whether that exists or not', () => {
    const ledger = new LedgerStory().given(deposit('1', '10'));
    expect(ledger.apply(transfer('1', '1', '1'))).to.equal('same_account');
    expect(ledger.apply(transfer('2', '2', '1'))).to.equal('same_account');
  });

  it('never takes more than the payer has available', () => {
    const ledger = new LedgerStory().given(deposit('1', '10'), deposit('2', '10'));
    expect(ledger.apply(transfer('1', '2', '10.0001'))).to.equal('insufficient_funds');
    expect(ledger.apply(transfer('1', '2', '10'))).to.be.an('array');
  });

  it('finds no account where the payer never had any money', () => {
    expect(new LedgerStory().given(deposit('2', '1')).apply(transfer('1', '2', '1'))).to.equal('account_not_found');
  });

  it('refused leaves the receiver as unknown as before', () => {
    const ledger = new LedgerStory().given(deposit('1', '1'));
    expect(ledger.apply(transfer('1', '2', '5'))).to.equal('insufficient_funds');
    expect(ledger.apply(withdraw('2', '1'))).to.equal('account_not_found');
  });

  it("is refused where the receiver's balance would grow past the limit", () => {
    const ledger = new LedgerStory(
      books([{ key: availableKey('2', 'main'), balanceUnits: BALANCE_UNITS_MAX, sequence: 1n }]),
    ).given(deposit('1', '1'));
    expect(ledger.apply(transfer('1', '2', '0.0001'))).to.equal('balance_limit_exceeded');
    expect(ledger.balance('user:1:main:available')).to.equal('1.00');
  });
});
