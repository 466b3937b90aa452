import { expect } from 'chai';
import { describeOnBothQueues } from '../support/both-queues.js';
import type { Page, Problem } from '../support/contract.js';
import { capture, deposit, fresh, refund, release, reserve, transfer, withdraw } from '../support/operations.js';

interface HistoryEntry {
  readonly job_id: string;
  readonly type: string;
  readonly amount: string;
  readonly balance: string;
  readonly description: string;
  readonly created_at: string;
  readonly [more: string]: unknown;
}

describeOnBothQueues("A user's balance", (saldo) => {
  it('is the sum of all wallets, and each of them, main first', async () => {
    const [user, order] = [fresh('user'), fresh('order')];
    await saldo.merchant.given(
      deposit(user, '0.004', { wallet: 'b' }),
      deposit(user, '100'),
      deposit(user, '12.5', { wallet: 'a' }),
      reserve(user, order, '2.5', { wallet: 'a' }),
    );
    for (const client of [saldo.merchant, saldo.accountant, saldo.admin]) {
      expect((await client.get(`/v1/users/${user}/balance`)).body).to.deep.equal({
        user_id: user,
        available: '110.004',
        reserved: '2.50',
        wallets: [
          { wallet: 'main', available: '100.00', reserved: '0.00', sequence: 1 },
          { wallet: 'a', available: '10.00', reserved: '2.50', sequence: 2 },
          { wallet: 'b', available: '0.004', reserved: '0.00', sequence: 1 },
        ],
      });
    }
  });

  it('is 0.00 when all is spent', async () => {
    const user = fresh('user');
    await saldo.merchant.given(deposit(user, '1'), withdraw(user, '1'));
    expect((await saldo.merchant.get(`/v1/users/${user}/balance`)).body).to.include({
      available: '0.00',
      reserved: '0.00',
    });
  });

  it('is not found before the first money, also where operations were refused', async () => {
    const [user, other] = [fresh('user'), fresh('user')];
    await saldo.merchant.finishAll([
      withdraw(user, '1'),
      transfer(user, other, '1'),
      reserve(user, fresh('order'), '1'),
    ]);
    for (const path of ['balance', 'operations'].flatMap((what) =>
      [user, other].map((id) => `/v1/users/${id}/${what}`),
    )) {
      const { status, body } = await saldo.admin.get<Problem>(path);
      expect({ status, code: body.code }, path).to.deep.equal({ status: 404, code: 'not_found' });
    }
  });
});

describeOnBothQueues("A user's operations", (saldo) => {
  const read = (user: string, query = ''): Promise<HistoryEntry[]> =>
    saldo.accountant.readAll(`/v1/users/${user}/operations?${query}`);

  it('say of each movement all that there is to know, the newest first', async () => {
    const [user, bob, order] = [fresh('user'), fresh('bob'), fresh('order')];
    const jobs = await saldo.merchant.finishAll([
      deposit(user, '100', { description: 'wages' }),
      transfer(user, bob, '10'),
      reserve(user, order, '50'),
      capture(user, order, { service_id: 'wash', amount: '20' }),
      release(user, order),
      refund(user, order, 'wash', { amount: '5' }),
      withdraw(user, '1'),
    ]);
    const row = (
      index: number,
      direction: string,
      amount: string,
      balance: string,
      sequence: number,
      more: object,
    ): object => ({
      job_id: jobs[index]?.id,
      type: jobs[index]?.type,
      status: 'completed',
      direction,
      wallet: 'main',
      amount,
      balance,
      sequence,
      order_id: null,
      service_id: null,
      created_at: jobs[index]?.finished_at,
      ...more,
    });
    const reserved = `user:${user}:main:reserved`;
    expect(await read(user)).to.deep.equal([
      row(6, 'debit', '1.00', '74.00', 6, { counterparty: 'external', description: 'Withdrawal' }),
      row(5, 'credit', '5.00', '75.00', 5, {
        counterparty: 'revenue:wash',
        order_id: order,
        service_id: 'wash',
        description: `Refunded for order ${order}, service wash`,
      }),
      row(4, 'credit', '30.00', '70.00', 4, {
        counterparty: reserved,
        order_id: order,
        description: `Released from order ${order}`,
      }),
      row(3, 'debit', '20.00', '30.00', 2, {
        counterparty: 'revenue:wash',
        order_id: order,
        service_id: 'wash',
        description: `Paid for order ${order}, service wash`,
      }),
      row(2, 'debit', '50.00', '40.00', 3, {
        counterparty: reserved,
        order_id: order,
        description: `Reserved for order ${order}`,
      }),
      row(1, 'debit', '10.00', '90.00', 2, {
        counterparty: `user:${bob}:main:available`,
        description: `Transfer to user ${bob}`,
      }),
      row(0, 'credit', '100.00', '100.00', 1, { counterparty: 'external', description: 'wages' }),
    ]);
    const [received] = await read(bob);
    expect(received).to.include({
      direction: 'credit',
      description: `Transfer from user ${user}`,
      counterparty: `user:${user}:main:available`,
    });
  });

  it('leave out what was refused', async () => {
    const user = fresh('user');
    await saldo.merchant.finishAll([deposit(user, '1'), withdraw(user, '2'), withdraw(user, '1')]);
    expect((await read(user)).map(({ type, amount }) => `${type} ${amount}`)).to.deep.equal([
      'withdraw 1.00',
      'deposit 1.00',
    ]);
  });

  it('have two rows for a transfer between wallets of the same user, over all pages and in every order', async () => {
    const user = fresh('user');
    await saldo.merchant.given(
      deposit(user, '9'),
      transfer(user, user, '3', { to_wallet: 'spare' }),
      transfer(user, user, '3', { to_wallet: 'spare' }),
    );
    for (const sort of ['created_at', '-created_at', 'amount', '-amount']) {
      const rows = await read(user, `sort=${sort}&limit=1`);
      expect(
        rows.map((row) => `${String(row['wallet'])} ${String(row['direction'])} ${row.amount}`),
        sort,
      ).to.have.members([
        'main credit 9.00',
        'main debit 3.00',
        'main debit 3.00',
        'spare credit 3.00',
        'spare credit 3.00',
      ]);
    }
  });

  it('come sorted by time or amount, up or down, on pages of any size', async () => {
    const user = fresh('user');
    const amounts = ['5', '3', '5', '0.0001', '40', '3', '5', '100', '3', '12.5'];
    const jobs = await saldo.merchant.finishAll(amounts.map((amount) => deposit(user, amount)));
    const byTime = jobs.map((job) => job.id);
    const amountOf = new Map(jobs.map((job, index) => [job.id, Number(amounts[index])]));
    for (const limit of [1, 2, 3, 4, 9, 10, 200]) {
      const idsBy = async (sort: string): Promise<string[]> =>
        (await read(user, `sort=${sort}&limit=${limit}`)).map((row) => row.job_id);
      expect(await idsBy('created_at')).to.deep.equal(byTime);
      expect(await idsBy('-created_at')).to.deep.equal(byTime.toReversed());
      // Among equal amounts, the time decides.
      const byAmount = byTime.toSorted((a, b) => (amountOf.get(a) ?? 0) - (amountOf.get(b) ?? 0));
      expect(await idsBy('amount')).to.deep.equal(byAmount);
      expect(await idsBy('-amount')).to.deep.equal(byAmount.toReversed());
    }
    expect((await read(user)).map((row) => row.job_id)).to.deep.equal(byTime.toReversed());
  });

  it('can be had by type', async () => {
    const user = fresh('user');
    await saldo.merchant.given(
      deposit(user, '3'),
      withdraw(user, '1'),
      deposit(user, '4'),
      transfer(user, fresh('user'), '1'),
    );
    expect((await read(user, 'type=deposit')).map((row) => row.amount)).to.deep.equal(['4.00', '3.00']);
    expect((await read(user, 'type=transfer&sort=amount')).map((row) => row.amount)).to.deep.equal(['1.00']);
    expect(await read(user, 'type=refund')).to.deep.equal([]);
  });

  it('can be had from one time on, up to and without another', async () => {
    const user = fresh('user');
    for (const amount of ['1', '2', '3', '4']) await saldo.merchant.given(deposit(user, amount));
    const [first, second, third] = await read(user, 'sort=created_at');
    const amountsIn = async (query: string): Promise<string[]> =>
      (await read(user, `sort=created_at&limit=1&${query}`)).map((row) => row.amount);
    expect(await amountsIn(`from=${second?.created_at}`)).to.deep.equal(['2.00', '3.00', '4.00']);
    expect(await amountsIn(`to=${third?.created_at}`)).to.deep.equal(['1.00', '2.00']);
    expect(await amountsIn(`from=${second?.created_at}&to=${third?.created_at}`)).to.deep.equal(['2.00']);
    expect(await amountsIn(`from=${third?.created_at}&to=${first?.created_at}`)).to.deep.equal([]);
    expect(await amountsIn('from=2020-01-01T00:00:00%2B03:00&to=2999-12-31T23:59:59.999999Z')).to.have.length(4);
  });

  for (const sort of ['-created_at', '-amount']) {
    it(`page on where they were, sorted by ${sort}, while operations are added`, async () => {
      const user = fresh('user');
      await saldo.merchant.given(...['1', '2', '3', '4', '5'].map((amount) => deposit(user, amount)));
      const path = `/v1/users/${user}/operations?sort=${sort}&limit=2`;
      const { body } = await saldo.accountant.get<Page<HistoryEntry>>(path);
      await saldo.merchant.given(deposit(user, '6'), withdraw(user, '6'));
      const rest = await saldo.accountant.readAll<HistoryEntry>(`${path}&cursor=${body.next_cursor}`);
      expect([...body.data, ...rest].map((row) => row.amount)).to.deep.equal(['5.00', '4.00', '3.00', '2.00', '1.00']);
    });
  }

  it('refuse a cursor of another list', async () => {
    const user = fresh('user');
    await saldo.merchant.given(deposit(user, '1'), deposit(user, '2'));
    const { body } = await saldo.accountant.get<Page<HistoryEntry>>(`/v1/users/${user}/operations?limit=1`);
    for (const path of [`/v1/users/${user}/operations?sort=amount&`, '/v1/jobs?', '/v1/services?']) {
      const answer = await saldo.accountant.get<Problem>(`${path}cursor=${body.next_cursor}`);
      expect(answer.status, path).to.equal(400);
      expect(answer.body.errors?.map(({ pointer }) => pointer)).to.deep.equal(['/cursor']);
    }
  });
});
