import { REJECTIONS, type OperationRequest, type RejectionReason } from '@saldo/ledger';
import { expect } from 'chai';
import { describeOnBothQueues } from '../support/both-queues.js';
import { TIME } from '../support/contract.js';
import { capture, deposit, fresh, refund, release, reserve, transfer, withdraw } from '../support/operations.js';

/**
 * The last operation of each story is refused. Everybody is fresh: `user` has 10.00 in main, of which 4.00 are reserved
 * for `order` as a whole and 1.00 for its service `own`; of the former, 3.00 are captured for `a`.
 */
const REFUSALS: readonly (readonly [RejectionReason, string, (user: string, order: string) => OperationRequest])[] = [
  ['insufficient_funds', 'a withdrawal of more than is available', (user) => withdraw(user, '5.0001')],
  ['insufficient_funds', 'a transfer of more than is available', (user) => transfer(user, fresh('other'), '5.0001')],
  ['insufficient_funds', 'a reserve of more than is available', (user) => reserve(user, fresh('order'), '5.0001')],
  ['account_not_found', 'a withdrawal from a user who never had money', () => withdraw(fresh('nobody'), '1')],
  [
    'account_not_found',
    'a withdrawal from a wallet that never had money',
    (user) => withdraw(user, '1', { wallet: 'none' }),
  ],
  ['account_not_found', 'a transfer from a user who never had money', (user) => transfer(fresh('nobody'), user, '1')],
  [
    'account_not_found',
    'a transfer from a wallet that never had money',
    (user) => transfer(user, user, '1', { from_wallet: 'none' }),
  ],
  ['account_not_found', 'a reserve of a user who never had money', () => reserve(fresh('nobody'), fresh('order'), '1')],
  ['same_account', 'a transfer to oneself', (user) => transfer(user, user, '1')],
  [
    'same_account',
    'a transfer to the same wallet, named or not',
    (user) => transfer(user, user, '1', { to_wallet: 'main' }),
  ],
  [
    'hold_not_found',
    'a capture of an order that nothing was reserved for',
    (user) => capture(user, fresh('order'), { service_id: 'a' }),
  ],
  ['hold_not_found', 'a release of an order that nothing was reserved for', (user) => release(user, fresh('order'))],
  ['hold_not_found', 'a refund of an order that nothing was reserved for', (user) => refund(user, fresh('order'), 'a')],
  [
    'hold_not_found',
    'a release for a service that has no hold of its own',
    (user, order) => release(user, order, { service_id: 'a' }),
  ],
  ['hold_exists', 'a second reserve for the order', (user, order) => reserve(user, order, '1')],
  [
    'hold_exists',
    'a second reserve for the order and service',
    (user, order) => reserve(user, order, '1', { service_id: 'own' }),
  ],
  ['hold_mismatch', "a reserve for another user's order", (_, order) => reserve(fresh('thief'), order, '1')],
  [
    'hold_mismatch',
    "a capture of another user's order",
    (_, order) => capture(fresh('thief'), order, { service_id: 'a' }),
  ],
  ['hold_mismatch', "a release of another user's order", (_, order) => release(fresh('thief'), order)],
  ['hold_mismatch', "a refund of another user's order", (_, order) => refund(fresh('thief'), order, 'a')],
  [
    'amount_exceeds_hold',
    'a capture of more than is left',
    (user, order) => capture(user, order, { service_id: 'a', amount: '1.0001' }),
  ],
  [
    'amount_exceeds_hold',
    'a release of more than is left',
    (user, order) => release(user, order, { amount: '1.0001' }),
  ],
  [
    'amount_exceeds_hold',
    'lines that together are more than is left',
    (user, order) =>
      capture(user, order, {
        lines: [
          { service_id: 'a', amount: '1' },
          { service_id: 'b', amount: '0.0001' },
        ],
      }),
  ],
  [
    'amount_exceeds_captured',
    'a refund of more than was captured',
    (user, order) => refund(user, order, 'a', { amount: '3.0001' }),
  ],
  [
    'amount_exceeds_captured',
    'a refund for a service that nothing was captured for',
    (user, order) => refund(user, order, 'b'),
  ],
];

describeOnBothQueues('An operation is refused and changes nothing:', (saldo) => {
  for (const [code, title, refused] of REFUSALS) {
    it(`${title} (${code})`, async () => {
      const [user, order] = [fresh('user'), fresh('order')];
      await saldo.merchant.given(
        deposit(user, '10'),
        reserve(user, order, '4'),
        reserve(user, order, '1', { service_id: 'own' }),
        capture(user, order, { service_id: 'a', amount: '3' }),
      );
      const before = await saldo.merchant.get(`/v1/users/${user}/balance`);
      const job = await saldo.merchant.finish(refused(user, order));
      expect(job).to.include({ status: 'rejected', result: null });
      expect(job.finished_at).to.match(TIME);
      expect(job.error).to.deep.equal({ code, detail: REJECTIONS[code] });
      expect((await saldo.merchant.get(`/v1/users/${user}/balance`)).body).to.deep.equal(before.body);
    });
  }

  it('whatever is asked of a hold once nothing is left of it', async () => {
    const [user, order] = [fresh('user'), fresh('order')];
    await saldo.merchant.given(
      deposit(user, '10'),
      reserve(user, order, '4'),
      capture(user, order, { service_id: 'a' }),
      refund(user, order, 'a'),
    );
    const jobs = await saldo.merchant.finishAll([
      capture(user, order, { service_id: 'a' }),
      release(user, order),
      refund(user, order, 'a'),
      reserve(user, order, '4'),
    ]);
    expect(jobs.map((job) => job.error?.code)).to.deep.equal([
      'amount_exceeds_hold',
      'amount_exceeds_hold',
      'amount_exceeds_captured',
      'hold_exists',
    ]);
  });

  it('a deposit that would carry a balance past the largest one kept (balance_limit_exceeded)', async function () {
    this.timeout(60_000);
    const user = fresh('rich');
    const largest = '100000000000';
    const statuses: string[] = [];
    const batch = async (operation: OperationRequest, times: number): Promise<string[]> =>
      (await saldo.merchant.finishAll(Array<OperationRequest>(times).fill(operation))).map(
        (job) => job.error?.code ?? job.status,
      );
    for (let batches = 0; batches < 9; batches += 1) statuses.push(...(await batch(deposit(user, largest), 1_000)));
    statuses.push(...(await batch(deposit(user, largest), 1)));
    expect(statuses.at(-1)).to.equal('balance_limit_exceeded');
    const completed = statuses.filter((status) => status === 'completed').length;
    expect(completed).to.be.within(8_900, 9_000);
    // The money outside has its limit too: the other tests on this lane need it back.
    for (let left = completed; left > 0; left -= 1_000) {
      expect(new Set(await batch(withdraw(user, largest), Math.min(left, 1_000)))).to.deep.equal(
        new Set(['completed']),
      );
    }
  });

  it('and none of the reasons there are is missing here', () => {
    expect([...new Set(REFUSALS.map(([code]) => code)), 'balance_limit_exceeded']).to.have.members(
      Object.keys(REJECTIONS),
    );
  });
});
