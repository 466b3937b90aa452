import { expect } from 'chai';
import { describeOnBothQueues, describeOnOneQueue } from '../support/both-queues.js';
import type { Job, Problem } from '../support/contract.js';
import { fresh } from '../support/operations.js';

const NO_ACCOUNT = "User doesn't have an account yet. Please deposit or transfer money to that user.";
const NO_MONEY = 'User account balance cannot be negative. Transaction failed.';

let users = 800_000;

/** A number that no other test has for a user. */
function freshUser(): number {
  users += 1;
  return users;
}

interface Transaction {
  readonly description: string;
  readonly date: string;
  readonly amount: number;
  readonly type: string;
}

describeOnBothQueues('The old paths of the Avito balance service', (saldo) => {
  const patch = <Body = Transaction & Problem>(name: string, json: unknown, headers = {}) =>
    saldo.merchant.send<Body>('PATCH', `/v1/transactions/${name}`, { json, headers });
  const deposit = (to_user_id: number, amount: number | string, headers = {}) =>
    patch('deposit', { amount, to_user_id }, headers);
  const history = async (userId: number, query = '') =>
    saldo.merchant.get<Transaction[] & Problem>(`/v1/information/account-transactions/${userId}${query}`);

  it('take more than two decimals, and print money as a number with all of its digits', async () => {
    const user = freshUser();
    expect((await deposit(user, '112.8960')).text)
      .to.include('"amount":112.896,')
      .and.to.include(' 112.896USD ');
    expect((await deposit(user, '99999999999.9999')).text).to.include('"amount":99999999999.9999,');
    const { text } = await saldo.merchant.get(`/v1/information/account-balance/${user}`);
    expect(text).to.equal(
      `[{"user_id":${user},"type":"regular","balance":100000000112.8959},{"user_id":${user},"type":"reserve","balance":0}]`,
    );
  });

  it('describe in UTC to the microsecond, the same in the answer and in the history', async () => {
    const user = freshUser();
    const { body: made } = await deposit(user, 5);
    expect(made.date).to.match(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}$/);
    expect(made.description).to.include(` on ${made.date.replace('T', ' ')}.`);
    expect((await history(user)).body).to.deep.equal([made]);
  });

  it('show five transactions a page, all without a page, sorted as asked', async () => {
    const user = freshUser();
    for (const amount of [3, 1, 4, 1, 5, 9]) await deposit(user, amount);
    const amounts = async (query: string): Promise<number[]> =>
      (await history(user, query)).body.map(({ amount }) => amount);
    expect(await amounts('')).to.deep.equal([3, 1, 4, 1, 5, 9]);
    expect(await amounts('?sort_by_date=true')).to.deep.equal([9, 5, 1, 4, 1, 3]);
    expect(await amounts('?sort_by_amount=true')).to.deep.equal([9, 5, 4, 3, 1, 1]);
    expect(await amounts('?sort_by_amount=true&sort_by_date=true')).to.deep.equal([9, 5, 1, 4, 1, 3]);
    expect(await amounts('?page=1')).to.deep.equal([3, 1, 4, 1, 5]);
    expect(await amounts('?page=2&sort_by_amount=1')).to.deep.equal([1]);
    const { status, body } = await history(user, '?page=3');
    expect({ status, detail: body.detail }).to.deep.equal({ status: 404, detail: 'Requested page results not found.' });
  });

  it('show a payment for several services as one transaction, and what the native API moved', async () => {
    const user = freshUser();
    const [first, second] = [fresh('service'), fresh('service')];
    await saldo.merchant.given(
      { type: 'deposit', user_id: user, amount: '100' },
      { type: 'reserve', user_id: user, order_id: `o-${user}`, amount: '50' },
      {
        type: 'capture',
        user_id: user,
        order_id: `o-${user}`,
        lines: [
          { service_id: first, amount: '30' },
          { service_id: second, amount: '20' },
        ],
      },
      { type: 'refund', user_id: user, order_id: `o-${user}`, service_id: first, amount: '5' },
      { type: 'withdraw', user_id: user, amount: '7' },
    );
    const { body } = await history(user);
    expect(body.map(({ type, amount }) => [type, amount])).to.deep.equal([
      ['deposit', 100],
      ['reserve', 50],
      ['payment to company', 50],
      ['payment refund', 5],
      ['withdrawal', 7],
    ]);
  });

  for (const [title, name, json] of [
    ['nothing', 'deposit', {}],
    ['no JSON object', 'deposit', []],
    ['an amount of 0', 'deposit', { amount: 0, to_user_id: 1 }],
    ['an amount below 0', 'transfer', { amount: -1, from_user_id: 1, to_user_id: 2 }],
    ['an amount of five places', 'deposit', { amount: 0.00001, to_user_id: 1 }],
    ['a user that is no number', 'deposit', { amount: 1, to_user_id: 'x' }],
    ['a user of 0', 'deposit', { amount: 1, to_user_id: 0 }],
    ['no order', 'reserve', {}],
    ['an order that is null', 'reserve-refund', { order_id: null }],
    ['another type than the path', 'make-payment', { type: 'deposit', order_id: 1 }],
    ['a company account that is no number', 'make-payment', { order_id: 1, to_company_account: 'main' }],
  ] as const) {
    it(`answer 422 for ${title}`, async () => {
      const { status, body } = await patch(name, json);
      expect({ status, code: body.code }).to.deep.equal({ status: 422, code: 'unprocessable' });
      expect(body.errors).to.be.an('array').that.is.not.empty;
    });
  }

  it('answer 422 for a body that is no JSON, and for queries that are malformed', async () => {
    const { status } = await saldo.merchant.send('PATCH', '/v1/transactions/deposit', { text: '{' });
    expect(status).to.equal(422);
    for (const path of [
      'information/account-balance/x',
      'information/account-transactions/x',
      'information/account-transactions/1?page=0',
      'information/account-transactions/1?sort_by_date=perhaps',
      'reports/consolidated/monthly',
      'reports/consolidated/monthly?year=2020&month=1',
      'reports/consolidated/monthly?year=9000&month=1',
      'reports/consolidated/monthly?year=2025&month=13',
    ]) {
      expect((await saldo.merchant.get(`/v1/${path}`)).status, path).to.equal(422);
    }
  });

  it('ignore fields that they do not know, and take digits for a number', async () => {
    const user = freshUser();
    const { status, body } = await patch('deposit', { amount: 1, to_user_id: String(user), note: 'x' });
    expect(status).to.equal(200);
    expect(body).to.include({ to_user_id: user });
  });

  it('refuse in the old words', async () => {
    const [poor, stranger] = [freshUser(), freshUser()];
    await deposit(poor, 1);
    const refusals: [number, string, Problem][] = [];
    for (const [from_user_id, to_user_id] of [
      [poor, stranger],
      [stranger, poor],
      [poor, poor],
    ]) {
      const { status, body } = await patch('transfer', { amount: 2, from_user_id, to_user_id });
      refusals.push([status, body.detail, body]);
    }
    expect(refusals.map(([status, detail]) => [status, detail])).to.deep.equal([
      [422, NO_MONEY],
      [404, NO_ACCOUNT],
      [422, 'Sender and recipient cannot be the same person.'],
    ]);
    expect(refusals[0]?.[2]).to.include({ message: NO_MONEY, reason: 'insufficient_funds' });
    for (const path of ['account-balance', 'account-transactions']) {
      const { status, body } = await saldo.merchant.get<Problem>(`/v1/information/${path}/${stranger}`);
      expect({ status, detail: body.detail }).to.deep.equal({ status: 404, detail: NO_ACCOUNT });
    }
    const { body } = await saldo.merchant.get<Problem>('/v1/reports/consolidated/monthly?year=2021&month=1');
    expect(body).to.include({ status: 404, detail: 'No services were rendered in the requested period.' });
  });

  it("give no service's name that a spreadsheet would run", async () => {
    const [user_id, service_id, order_id] = [fresh('user'), fresh('service'), fresh('order')];
    await saldo.admin.send('PUT', `/v1/services/${service_id}`, { json: { name: ` =cmd()${service_id}` } });
    await saldo.merchant.finish({ type: 'deposit', user_id, amount: '3' });
    await saldo.merchant.finish({ type: 'reserve', user_id, order_id, service_id, amount: '3' });
    await saldo.merchant.finish({ type: 'capture', user_id, order_id, service_id, amount: '2.5' });
    await saldo.merchant.finish({ type: 'refund', user_id, order_id, service_id, amount: '1' });
    const now = new Date();
    const answer = await fetch(
      `${saldo.gatewayUrl}/v1/reports/consolidated/monthly?year=${now.getUTCFullYear()}&month=${now.getUTCMonth() + 1}`,
      { headers: saldo.merchant.headers },
    );
    expect((await answer.text()).split('\n')).to.include(`' =cmd()${service_id},1.5`);
  });

  it('need a key as everywhere; an accountant may read, but not move', async () => {
    const user = freshUser();
    await deposit(user, 1);
    expect((await saldo.stranger().get(`/v1/information/account-balance/${user}`)).status).to.equal(401);
    expect((await saldo.accountant.get(`/v1/information/account-balance/${user}`)).status).to.equal(200);
    const json = { amount: 1, to_user_id: user };
    expect((await saldo.accountant.send('PATCH', '/v1/transactions/deposit', { json })).status).to.equal(403);
  });

  it('answer 202 and the job at once to whoever prefers that', async () => {
    const user = freshUser();
    const { status, headers, body } = await patch<Job>(
      'deposit',
      { amount: 1, to_user_id: user },
      { prefer: 'respond-async' },
    );
    expect({ status, applied: headers['preference-applied'] }).to.deep.equal({ status: 202, applied: 'respond-async' });
    expect(headers['location']).to.equal(`/v1/jobs/${body.id}`);
    expect((await saldo.merchant.job(body.id, 30)).status).to.equal('completed');
  });

  it('apply once what is sent again with the same idempotency key', async () => {
    const user = freshUser();
    const key = { 'idempotency-key': fresh('key') };
    const answers = await Promise.all([1, 2, 3].map(() => deposit(user, 4, key)));
    expect(new Set(answers.map(({ text }) => text)).size).to.equal(1);
    expect((await saldo.merchant.get(`/v1/users/${user}/balance`)).body).to.include({ available: '4.00' });
  });
});

describeOnOneQueue('The old paths, while nothing is applied,', (saldo) => {
  it('answer 202 and the job after ten seconds', async function () {
    this.timeout(60_000);
    const json = { amount: 1, to_user_id: freshUser() };
    await saldo.whilePaused(async () => {
      const { status, body } = await saldo.merchant.send<Job>('PATCH', '/v1/transactions/deposit', { json });
      expect({ status, job: body.status }).to.deep.equal({ status: 202, job: 'queued' });
    });
  });
});

describeOnBothQueues('The old paths of simple-billing', (saldo) => {
  interface Made {
    readonly id: number;
    readonly walletId: number;
  }
  const post = <Body = Problem & Record<string, number>>(path: string, json: unknown) =>
    saldo.merchant.post<Body>(path, json);
  const newClient = async (): Promise<Made> =>
    (await post<Made>('/clients', { login: fresh('login'), name: 'N' })).body;
  const resupply = (walletId: number, amount: number | string) => post('/resupplies', { walletId, amount });

  it('make a client once for a login, also when many ask at the same time', async () => {
    const login = fresh('login');
    const answers = await Promise.all(Array.from({ length: 10 }, () => post('/clients', { login, name: 'N' })));
    expect(answers.filter(({ status }) => status === 201)).to.have.length(1);
    for (const { status, body } of answers.filter((answer) => answer.status !== 201)) {
      expect({ status, detail: body.detail }).to.deep.equal({ status: 400, detail: 'Client login already exists' });
    }
  });

  it('give a client more wallets, between which money moves', async () => {
    const { id, walletId } = await newClient();
    const { status, body } = await post<{ walletId: number }>(`/clients/${id}/wallets`, undefined);
    expect(status).to.equal(201);
    await resupply(walletId, '10.1234');
    const moved = await post('/transfers', { wallet_from_id: walletId, wallet_to_id: body.walletId, amount: 4 });
    expect(moved.body).to.include({ walletFromBalance: 6.1234, walletToBalance: 4 });
    expect((await saldo.merchant.get(`/v1/users/client:${id}/balance`)).body).to.include({ available: '10.1234' });
    expect((await post('/clients/999999/wallets', undefined)).status).to.equal(404);
  });

  it('refuse in the old words, the payer first', async () => {
    const [poor, rich] = [(await newClient()).walletId, (await newClient()).walletId];
    await resupply(rich, 100);
    const nobody = 2_000_000_000;
    for (const [walletFromId, walletToId, amount, detail] of [
      [nobody, rich, 1, `Wallet id ${nobody} not found`],
      [nobody, nobody + 1, 1, `Wallet id ${nobody} not found`],
      [poor, rich, 1, `There are not enough balance in wallet id ${poor}`],
      [poor, nobody, 1, `There are not enough balance in wallet id ${poor}`],
      [rich, poor, 101, `There are not enough balance in wallet id ${rich}`],
      [rich, nobody, 1, `Wallet id ${nobody} not found`],
      [rich, 9_999_999_999, 1, 'Wallet id 9999999999 not found'],
    ] as const) {
      const { status, body } = await post('/transfers', { walletFromId, walletToId, amount });
      expect({ status, detail: body.detail }).to.deep.equal({ status: 400, detail });
    }
    expect((await resupply(nobody, 1)).body.detail).to.equal(`Wallet id ${nobody} not found`);
  });

  for (const [path, json] of [
    ['/clients', {}],
    ['/clients', { login: '', name: 'n' }],
    ['/clients', { login: 'l', name: 'n'.repeat(257) }],
    ['/clients', { login: 7, name: 'n' }],
    ['/resupplies', { walletId: 1 }],
    ['/resupplies', { walletId: 'x', amount: 1 }],
    ['/resupplies', { walletId: 1, amount: 0 }],
    ['/transfers', { walletFromId: 123, walletToId: 123, amount: 20 }],
    ['/transfers', { walletFromId: null, walletToId: 123, amount: 2.2 }],
    ['/transfers', { walletFromId: 123, walletToId: 23, amount: -123.33 }],
  ] as const) {
    it(`answer 422 for ${path} with ${JSON.stringify(json).slice(0, 60)}`, async () => {
      expect((await post(path, json)).status).to.equal(422);
    });
  }

  it("name the job, which its sender may read like any other's", async () => {
    const { walletId } = await newClient();
    const { body } = await post<{ transactionNumber: string }>('/resupplies', { walletId, amount: 500.5 });
    expect(await saldo.merchant.job(body.transactionNumber)).to.include({ type: 'deposit', status: 'completed' });
  });
});
