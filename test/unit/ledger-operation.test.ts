import { payerOf, toOperation, WHOLE_ORDER, type Operation, type OperationRequest } from '@saldo/ledger';
import { expect } from 'chai';

describe('A stored request', () => {
  const read: readonly [string, OperationRequest, Operation][] = [
    [
      'deposit, into the main wallet where it names none',
      { type: 'deposit', user_id: '42', amount: '1.5' },
      { type: 'deposit', userId: '42', wallet: 'main', amountUnits: 15_000n },
    ],
    [
      'withdrawal',
      { type: 'withdraw', user_id: '42', amount: '0.0001', wallet: 'savings' },
      { type: 'withdraw', userId: '42', wallet: 'savings', amountUnits: 1n },
    ],
    [
      'transfer between main wallets',
      { type: 'transfer', from_user_id: '1', to_user_id: '2', amount: '1' },
      { type: 'transfer', fromUserId: '1', fromWallet: 'main', toUserId: '2', toWallet: 'main', amountUnits: 10_000n },
    ],
    [
      'transfer between other wallets',
      { type: 'transfer', from_user_id: '1', from_wallet: 'a', to_user_id: '2', to_wallet: 'b', amount: '1' },
      { type: 'transfer', fromUserId: '1', fromWallet: 'a', toUserId: '2', toWallet: 'b', amountUnits: 10_000n },
    ],
    [
      'reserve for a service',
      { type: 'reserve', user_id: '42', order_id: 'o1', service_id: '7', amount: '1', wallet: 'savings' },
      { type: 'reserve', userId: '42', wallet: 'savings', orderId: 'o1', serviceId: '7', amountUnits: 10_000n },
    ],
    [
      'reserve for the whole order',
      { type: 'reserve', user_id: '42', order_id: 'o1', amount: '1' },
      { type: 'reserve', userId: '42', wallet: 'main', orderId: 'o1', serviceId: WHOLE_ORDER, amountUnits: 10_000n },
    ],
    [
      'capture of all that is left',
      { type: 'capture', user_id: '42', order_id: 'o1', service_id: '7' },
      { type: 'capture', userId: '42', orderId: 'o1', lines: [{ serviceId: '7', amountUnits: undefined }] },
    ],
    [
      'capture over several services',
      {
        type: 'capture',
        user_id: '42',
        order_id: 'o1',
        lines: [
          { service_id: '7', amount: '1' },
          { service_id: '8', amount: '2' },
        ],
      },
      {
        type: 'capture',
        userId: '42',
        orderId: 'o1',
        lines: [
          { serviceId: '7', amountUnits: 10_000n },
          { serviceId: '8', amountUnits: 20_000n },
        ],
      },
    ],
    [
      "release of the order's own hold",
      { type: 'release', user_id: '42', order_id: 'o1' },
      { type: 'release', userId: '42', orderId: 'o1', serviceId: WHOLE_ORDER, amountUnits: undefined },
    ],
    [
      'release of a part',
      { type: 'release', user_id: '42', order_id: 'o1', service_id: '7', amount: '1' },
      { type: 'release', userId: '42', orderId: 'o1', serviceId: '7', amountUnits: 10_000n },
    ],
    [
      'refund of all that was captured',
      { type: 'refund', user_id: '42', order_id: 'o1', service_id: '7' },
      { type: 'refund', userId: '42', orderId: 'o1', serviceId: '7', amountUnits: undefined },
    ],
    [
      'refund of a part',
      { type: 'refund', user_id: '42', order_id: 'o1', service_id: '7', amount: '1' },
      { type: 'refund', userId: '42', orderId: 'o1', serviceId: '7', amountUnits: 10_000n },
    ],
  ];
  for (const [name, request, operation] of read) {
    it(`is read as a ${name}`, () => {
      expect(toOperation(request)).to.deep.equal(operation);
    });
  }

  const deposit: OperationRequest = { type: 'deposit', user_id: '42', amount: '1' };
  const ofOrder = { user_id: '42', order_id: 'o1' } as const;
  const refused: readonly [string, OperationRequest, string][] = [
    ['without an amount', { type: 'deposit', user_id: '42' }, 'lacks amount'],
    ['of nothing', { ...deposit, amount: '0.0000' }, 'malformed amount'],
    ['below nothing', { ...deposit, amount: '-1' }, 'malformed amount'],
    ['of a fraction of a unit', { ...deposit, amount: '0.00001' }, 'malformed amount'],
    ['above the largest amount', { ...deposit, amount: '100000000000.0001' }, 'malformed amount'],
    ['with an empty amount where it may be left out', { type: 'release', ...ofOrder, amount: '' }, 'malformed amount'],
    ['without a user', { type: 'withdraw', amount: '1' }, 'lacks user_id'],
    ['of a user without an id', { ...deposit, user_id: '' }, 'malformed user_id'],
    ["of a user whose id could make another account's key", { ...deposit, user_id: '42/main' }, 'malformed user_id'],
    ["of a wallet whose name could make another account's key", { ...deposit, wallet: '/' }, 'malformed wallet'],
    ['of a transfer without a payer', { type: 'transfer', to_user_id: '2', amount: '1' }, 'lacks from_user_id'],
    ['of a transfer without a receiver', { type: 'transfer', from_user_id: '1', amount: '1' }, 'lacks to_user_id'],
    ['of a reserve without an order', { type: 'reserve', user_id: '42', amount: '1' }, 'lacks order_id'],
    [
      'of a reserve for a service without an id',
      { type: 'reserve', ...ofOrder, service_id: '', amount: '1' },
      'malformed service_id',
    ],
    ['of a capture without a service', { type: 'capture', ...ofOrder }, 'lacks service_id'],
    ['of a capture without lines', { type: 'capture', ...ofOrder, lines: [] }, 'no lines'],
    [
      'of a line without a service',
      { type: 'capture', ...ofOrder, lines: [{ service_id: '', amount: '1' }] },
      'malformed service_id',
    ],
    ['of a refund without a service', { type: 'refund', ...ofOrder }, 'lacks service_id'],
  ];
  for (const [name, request, message] of refused) {
    it(`is a defect of ours, and throws, ${name}`, () => {
      expect(() => toOperation(request)).to.throw(message);
    });
  }

  it('takes the largest amount', () => {
    expect(toOperation({ ...deposit, amount: '100000000000.0000' })).to.have.property('amountUnits', 10n ** 15n);
  });

  it("goes to its user's lane, a transfer to its payer's", () => {
    expect(payerOf({ type: 'refund', user_id: '42' })).to.equal('42');
    expect(payerOf({ type: 'transfer', from_user_id: '1', to_user_id: '2' })).to.equal('1');
  });
});
