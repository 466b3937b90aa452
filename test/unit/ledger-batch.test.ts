import {
  applyBatch,
  availableKey,
  EXTERNAL_KEY,
  neededBy,
  reservedKey,
  revenueKey,
  WHOLE_ORDER,
  type AccountKey,
  type Operation,
} from '@saldo/ledger';
import { expect } from 'chai';
import { books, EMPTY_BOOKS } from '../property/ledger-books.js';

const deposit: Operation = { type: 'deposit', userId: '1', wallet: 'main', amountUnits: 100n };
const withdraw: Operation = { type: 'withdraw', userId: '1', wallet: 'main', amountUnits: 100n };
const transfer: Operation = {
  type: 'transfer',
  fromUserId: '1',
  fromWallet: 'main',
  toUserId: '2',
  toWallet: 'main',
  amountUnits: 100n,
};
const reserve: Operation = {
  type: 'reserve',
  userId: '1',
  wallet: 'main',
  orderId: 'o1',
  serviceId: WHOLE_ORDER,
  amountUnits: 30n,
};
const capture: Operation = {
  type: 'capture',
  userId: '1',
  orderId: 'o1',
  lines: [
    { serviceId: '7', amountUnits: 10n },
    { serviceId: '8', amountUnits: 10n },
  ],
};
const release: Operation = {
  type: 'release',
  userId: '1',
  orderId: 'o1',
  serviceId: WHOLE_ORDER,
  amountUnits: undefined,
};
const refund: Operation = { type: 'refund', userId: '1', orderId: 'o1', serviceId: '7', amountUnits: undefined };

describe('A batch', () => {
  it('without operations changes nothing', () => {
    expect(applyBatch(EMPTY_BOOKS, [])).to.deep.equal({
      outcomes: [],
      changes: { accounts: new Map(), newOrders: [], holds: [] },
    });
  });

  it('lets an operation see what those before it did', () => {
    const { outcomes } = applyBatch(EMPTY_BOOKS, [withdraw, deposit, withdraw, withdraw]);
    expect(outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason : 'completed'))).to.deep.equal([
      'account_not_found',
      'completed',
      'completed',
      'insufficient_funds',
    ]);
  });

  it('writes an order and its hold once, as they are at its end', () => {
    const { changes } = applyBatch(EMPTY_BOOKS, [deposit, reserve, capture, release, refund]);
    const hold = {
      orderId: 'o1',
      serviceId: WHOLE_ORDER,
      wallet: 'main',
      reservedUnits: 30n,
      releasedUnits: 10n,
      capturedUnits: 20n,
      captures: new Map([
        ['7', { capturedUnits: 10n, refundedUnits: 10n }],
        ['8', { capturedUnits: 10n, refundedUnits: 0n }],
      ]),
    };
    expect(changes.holds).to.deep.equal([hold]);
    expect(changes.newOrders).to.deep.equal([{ orderId: 'o1', userId: '1', holds: new Map([[WHOLE_ORDER, hold]]) }]);
  });

  it('stops where a balance would be below zero against all rules, as books with too little reserved make it', () => {
    const { changes } = applyBatch(EMPTY_BOOKS, [deposit, reserve]);
    const broken = books([{ key: reservedKey('1', 'main'), balanceUnits: 29n, sequence: 1n }], changes.newOrders);
    expect(() => applyBatch(broken, [release])).to.throw('reserved/1/main would have -1 units');
  });

  for (const amountUnits of [0n, -1n]) {
    it(`stops where an operation would move ${amountUnits} units`, () => {
      expect(() => applyBatch(EMPTY_BOOKS, [{ ...deposit, amountUnits }])).to.throw(`moves ${amountUnits} units`);
    });
  }
});

describe('What an operation needs', () => {
  const one = availableKey('1', 'main');
  const two = availableKey('2', 'main');
  const held = reservedKey('1', 'main');
  const revenues = [revenueKey('7'), revenueKey('8')];
  const needs: readonly [Operation, readonly AccountKey[], readonly AccountKey[], readonly string[]][] = [
    [deposit, [EXTERNAL_KEY, one], [EXTERNAL_KEY, one], []],
    [withdraw, [one, EXTERNAL_KEY], [EXTERNAL_KEY], []],
    [transfer, [one, two], [two], []],
    [reserve, [one, held], [held], ['o1']],
    [capture, revenues, revenues, ['o1']],
    [release, [], [], ['o1']],
    [refund, [revenueKey('7')], [revenueKey('7')], ['o1']],
  ];
  for (const [operation, accounts, created, orders] of needs) {
    it(`to be read for a ${operation.type}: the accounts and the order that it names`, () => {
      expect(neededBy([operation])).to.deep.equal({
        accounts: new Set(accounts),
        created: new Set(created),
        orders: new Set(orders),
      });
    });
  }

  it('is named once for all operations of a batch', () => {
    expect(neededBy([deposit, reserve, release, deposit])).to.deep.equal({
      accounts: new Set([EXTERNAL_KEY, one, held]),
      created: new Set([EXTERNAL_KEY, one, held]),
      orders: new Set(['o1']),
    });
  });
});
