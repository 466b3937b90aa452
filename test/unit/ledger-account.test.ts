import {
  accountKey,
  accountName,
  accountParts,
  availableKey,
  EXTERNAL_KEY,
  isRejectionReason,
  isSystemKind,
  REJECTIONS,
  reservedKey,
  revenueKey,
  type AccountKey,
  type AccountParts,
} from '@saldo/ledger';
import { expect } from 'chai';

describe('An account', () => {
  const accounts: readonly [string, AccountKey, AccountParts][] = [
    ['user:42:main:available', availableKey('42', 'main'), { kind: 'available', owner: '42', wallet: 'main' }],
    ['user:42:main:reserved', reservedKey('42', 'main'), { kind: 'reserved', owner: '42', wallet: 'main' }],
    ['revenue:7', revenueKey('7'), { kind: 'revenue', owner: '7', wallet: '' }],
    ['external', EXTERNAL_KEY, { kind: 'external', owner: '', wallet: '' }],
  ];
  for (const [name, key, parts] of accounts) {
    it(`${name} has that name, and a key that is made of its parts and gives them back`, () => {
      expect(accountName(parts)).to.equal(name);
      expect(accountKey(parts)).to.equal(key);
      expect(accountParts(key)).to.deep.equal(parts);
    });
  }

  it('shares its key with no other, whatever legal characters the ids have', () => {
    expect(availableKey('a:b', 'c')).not.to.equal(availableKey('a', 'b:c'));
    expect(availableKey('a.b', 'c')).not.to.equal(availableKey('a', 'b.c'));
    expect(availableKey('a', 'main')).not.to.equal(reservedKey('a', 'main'));
  });

  it("may go below zero where it is the system's, never where it is a user's", () => {
    expect(accounts.filter(([, , { kind }]) => isSystemKind(kind)).map(([name]) => name)).to.deep.equal([
      'revenue:7',
      'external',
    ]);
  });

  it('is nothing that was not made of such parts', () => {
    for (const text of ['', 'external', 'purse/42/main', 'available/42', 'available/42/main/']) {
      expect(() => accountParts(text as AccountKey), text).to.throw('is no account');
    }
  });
});

describe('A rejection', () => {
  it('has one of the reasons of the API, and a text that callers read', () => {
    expect(Object.keys(REJECTIONS)).to.have.members([
      'insufficient_funds',
      'account_not_found',
      'same_account',
      'hold_not_found',
      'hold_exists',
      'hold_mismatch',
      'amount_exceeds_hold',
      'amount_exceeds_captured',
      'balance_limit_exceeded',
    ]);
    for (const text of Object.values(REJECTIONS)) expect(text).to.match(/^[A-Z].+\.$/);
  });

  it('has no other reason, also none that every object has', () => {
    expect(isRejectionReason('hold_exists')).to.equal(true);
    expect(isRejectionReason('lack_of_taste')).to.equal(false);
    expect(isRejectionReason('toString')).to.equal(false);
  });
});
