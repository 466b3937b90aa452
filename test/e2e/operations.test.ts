import type { OperationRequest } from '@saldo/ledger';
import { expect } from 'chai';
import { describeOnBothQueues } from '../support/both-queues.js';
import { TIME, type Entry } from '../support/contract.js';
import { capture, deposit, fresh, refund, release, reserve, transfer, withdraw } from '../support/operations.js';

describeOnBothQueues('An operation', (saldo) => {
  /** What moved, entry by entry, once the operation is completed. */
  async function entriesOf(operation: OperationRequest): Promise<readonly Entry[] | undefined> {
    return (await saldo.merchant.finish(operation)).result?.entries;
  }

  it('of each type debits one account and credits another, and says how both stand after it', async () => {
    const [ann, bob, order] = [fresh('ann'), fresh('bob'), fresh('order')];

    expect(await entriesOf(deposit(ann, '199.99'))).to.deep.equal([
      systemEntry('external', 'debit', '199.99'),
      userEntry(ann, 'available', 'credit', '199.99', '199.99', 1),
    ]);
    expect(await entriesOf(withdraw(ann, '0.09'))).to.deep.equal([
      userEntry(ann, 'available', 'debit', '0.09', '199.90', 2),
      systemEntry('external', 'credit', '0.09'),
    ]);
    expect(await entriesOf(transfer(ann, bob, '9.9'))).to.deep.equal([
      userEntry(ann, 'available', 'debit', '9.90', '190.00', 3),
      userEntry(bob, 'available', 'credit', '9.90', '9.90', 1),
    ]);
    expect(await entriesOf(reserve(ann, order, '100'))).to.deep.equal([
      userEntry(ann, 'available', 'debit', '100.00', '90.00', 4),
      userEntry(ann, 'reserved', 'credit', '100.00', '100.00', 1),
    ]);
    expect(await entriesOf(capture(ann, order, { service_id: 'wash', amount: '12.896' }))).to.deep.equal([
      userEntry(ann, 'reserved', 'debit', '12.896', '87.104', 2),
      systemEntry('revenue:wash', 'credit', '12.896'),
    ]);
    expect(await entriesOf(release(ann, order, { amount: '80.0001' }))).to.deep.equal([
      userEntry(ann, 'reserved', 'debit', '80.0001', '7.1039', 3),
      userEntry(ann, 'available', 'credit', '80.0001', '170.0001', 5),
    ]);
    expect(await entriesOf(refund(ann, order, 'wash', { amount: '2.896' }))).to.deep.equal([
      systemEntry('revenue:wash', 'debit', '2.896'),
      userEntry(ann, 'available', 'credit', '2.896', '172.8961', 6),
    ]);
  });

  it('that is finished is a job with its times, its request as it was taken and no error', async () => {
    const user = fresh('user');
    const given = {
      ...deposit(user, '5'),
      description: 'pocket money',
      metadata: { by: 'aunt', times: 2, ok: true, note: null },
    };
    const job = await saldo.merchant.finish(given);
    expect(job).to.include({ type: 'deposit', status: 'completed', error: null });
    expect(job.request).to.deep.equal({ ...given, amount: '5.00' });
    expect(job.created_at).to.match(TIME);
    expect(job.finished_at).to.match(TIME);
    expect(Date.parse(job.finished_at ?? '')).to.be.at.least(Date.parse(job.created_at));
    expect(await saldo.merchant.job(job.id)).to.deep.equal(job);
  });

  it('captures, releases and refunds all that is left where no amount is given', async () => {
    const [user, order] = [fresh('user'), fresh('order')];
    await saldo.merchant.given(
      deposit(user, '50'),
      reserve(user, order, '30', { service_id: 'a' }),
      reserve(user, order, '20'),
    );
    await saldo.merchant.given(capture(user, order, { service_id: 'a', amount: '10' }));

    expect(await entriesOf(capture(user, order, { service_id: 'a' }))).to.deep.equal([
      userEntry(user, 'reserved', 'debit', '20.00', '20.00', 4),
      systemEntry('revenue:a', 'credit', '20.00'),
    ]);
    expect(await entriesOf(release(user, order))).to.deep.equal([
      userEntry(user, 'reserved', 'debit', '20.00', '0.00', 5),
      userEntry(user, 'available', 'credit', '20.00', '20.00', 4),
    ]);
    expect(await entriesOf(refund(user, order, 'a'))).to.deep.equal([
      systemEntry('revenue:a', 'debit', '30.00'),
      userEntry(user, 'available', 'credit', '30.00', '50.00', 5),
    ]);
  });

  it('captures several services of an order at once, each with its own entries', async () => {
    const [user, order] = [fresh('user'), fresh('order')];
    await saldo.merchant.given(
      deposit(user, '10'),
      reserve(user, order, '9'),
      reserve(user, order, '1', { service_id: 'own' }),
    );
    const lines = [
      { service_id: 'a', amount: '4' },
      { service_id: 'own', amount: '0.5' },
      { service_id: 'b', amount: '5' },
    ];
    expect(await entriesOf(capture(user, order, { lines }))).to.deep.equal([
      userEntry(user, 'reserved', 'debit', '4.00', '6.00', 3),
      systemEntry('revenue:a', 'credit', '4.00'),
      userEntry(user, 'reserved', 'debit', '0.50', '5.50', 4),
      systemEntry('revenue:own', 'credit', '0.50'),
      userEntry(user, 'reserved', 'debit', '5.00', '0.50', 5),
      systemEntry('revenue:b', 'credit', '5.00'),
    ]);
  });

  it('captures all of its 50 lines or none', async () => {
    const [user, order] = [fresh('user'), fresh('order')];
    await saldo.merchant.given(deposit(user, '50'), reserve(user, order, '49.9999'));
    const lines = Array.from({ length: 50 }, (_, index) => ({ service_id: `service-${index}`, amount: '1' }));
    const refused = await saldo.merchant.finish(capture(user, order, { lines }));
    expect(refused).to.include({ status: 'rejected', result: null });
    expect(refused.error?.code).to.equal('amount_exceeds_hold');
    expect(
      (await saldo.merchant.finish(capture(user, order, { lines: lines.slice(1) }))).result?.entries,
    ).to.have.length(98);
  });

  it('keeps to the wallet that it names', async () => {
    const [user, order] = [fresh('user'), fresh('order')];
    await saldo.merchant.given(deposit(user, '5'), deposit(user, '7', { wallet: 'spare' }));
    expect(await entriesOf(transfer(user, user, '1', { from_wallet: 'spare', to_wallet: 'third' }))).to.deep.equal([
      userEntry(user, 'available', 'debit', '1.00', '6.00', 2, 'spare'),
      userEntry(user, 'available', 'credit', '1.00', '1.00', 1, 'third'),
    ]);
    await saldo.merchant.given(
      withdraw(user, '2', { wallet: 'spare' }),
      reserve(user, order, '4', { wallet: 'spare' }),
    );
    expect(await entriesOf(release(user, order))).to.deep.equal([
      userEntry(user, 'reserved', 'debit', '4.00', '0.00', 2, 'spare'),
      userEntry(user, 'available', 'credit', '4.00', '4.00', 5, 'spare'),
    ]);
  });

  it('is seen in the balance as soon as its job is seen finished', async () => {
    const user = fresh('user');
    for (let times = 1; times <= 20; times += 1) {
      await saldo.merchant.finish(deposit(user, '1'));
      const { body } = await saldo.merchant.get(`/v1/users/${user}/balance`);
      expect(body).to.include({ available: `${times}.00` });
    }
  });
});

function systemEntry(account: string, direction: string, amount: string): Entry {
  const [kind = ''] = account.split(':');
  return { account, user_id: null, wallet: null, kind, direction, amount, balance: null, sequence: null };
}

function userEntry(
  user: string,
  kind: 'available' | 'reserved',
  direction: string,
  amount: string,
  balance: string,
  sequence: number,
  wallet = 'main',
): Entry {
  return {
    account: `user:${user}:${wallet}:${kind}`,
    user_id: user,
    wallet,
    kind,
    direction,
    amount,
    balance,
    sequence,
  };
}
