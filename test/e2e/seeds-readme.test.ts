import { expect } from 'chai';
import { describeOnBothQueuesAfresh } from '../support/both-queues.js';
import { saldo as runSaldo } from '../support/saldo.js';

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const TIME = /\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}\.\d{6}/g;

/** What differs between two runs, made equal: times in microseconds, and ids. */
function withoutTimesAndIds(json: unknown): unknown {
  return JSON.parse(JSON.stringify(json).replaceAll(TIME, 'TIME').replaceAll(UUID, 'ID'));
}

/** As the README of the Avito balance service shows them; its answers, and what happened before them. */
const AVITO = {
  deposit: {
    description:
      'Money in the amount of 199.99USD was deposited to user 2 from external services on 2022-11-17 01:40:55.779889.',
    date: '2022-11-17T01:40:55.780889',
    amount: 199.99,
    type: 'deposit',
    to_user_id: 2,
  },
  transfer: {
    description: 'Money in the amount of 500USD was transferred from user 1 to user 2 on 2022-11-17 01:37:52.240125.',
    date: '2022-11-17T01:37:52.240125',
    amount: 500,
    type: 'funds transfer',
    from_user_id: 1,
    to_user_id: 2,
  },
  reserve: {
    description:
      'Money in the amount of 170000USD was reserved on user 2 reserve account as per the order 2 on 2022-11-17 01:44:28.512439.',
    date: '2022-11-17T01:44:28.513439',
    amount: 170000,
    type: 'reserve',
    order_id: 2,
  },
  refund: {
    description:
      'Money in the amount of 170000USD was refunded to user 2 account from his/her reserve account as per the order 2 on 2022-11-17 01:46:55.031078.',
    date: '2022-11-17T01:46:55.032078',
    amount: 170000,
    type: 'reserve refund',
    order_id: 2,
  },
  payment: {
    description:
      'Money in the amount of 350000USD was paid by user 1 to the company account as per the order 1 on 2022-11-17 01:49:56.228794.',
    date: '2022-11-17T01:49:56.232796',
    amount: 350000,
    type: 'payment to company',
    order_id: 1,
    to_company_account: 1,
  },
  balance: [
    { user_id: 2, type: 'regular', balance: 199.99 },
    { user_id: 2, type: 'reserve', balance: 0 },
  ],
  history: [
    {
      description:
        'Money in the amount of 100000000USD was deposited to user 2 from external services on 2022-11-17 01:44:22.083065.',
      date: '2022-11-17T01:44:22.083065',
      amount: 100000000,
      type: 'deposit',
      to_user_id: 2,
    },
    {
      description:
        'Money in the amount of 170000USD was reserved on user 2 reserve account as per the order 2 on 2022-11-17 01:44:28.512439.',
      date: '2022-11-17T01:44:28.513439',
      amount: 170000,
      type: 'reserve',
      order_id: 2,
    },
    {
      description:
        'Money in the amount of 170000USD was refunded to user 2 account from his/her reserve account as per the order 2 on 2022-11-17 01:46:55.031078.',
      date: '2022-11-17T01:46:55.032078',
      amount: 170000,
      type: 'reserve refund',
      order_id: 2,
    },
    {
      description: 'Money in the amount of 500USD was transferred from user 1 to user 2 on 2022-11-17 01:37:52.240125.',
      date: '2022-11-17T01:37:52.240125',
      amount: 500,
      type: 'funds transfer',
      to_user_id: 2,
    },
    {
      description:
        'Money in the amount of 199.99USD was deposited to user 2 from external services on 2022-11-17 01:26:25.982780.',
      date: '2022-11-17T01:26:25.984779',
      amount: 199.99,
      type: 'deposit',
      to_user_id: 2,
    },
  ],
};

describeOnBothQueuesAfresh('From an empty database', (saldo) => {
  it("the examples in the Avito balance service's README are answered as it shows", async () => {
    await runSaldo(['seed-demo'], saldo.env);
    const patch = async (name: string, json: unknown, shown?: unknown): Promise<void> => {
      const { status, body, text } = await saldo.merchant.send('PATCH', `/v1/transactions/${name}`, { json });
      expect(status, text).to.equal(200);
      if (shown !== undefined) expect(withoutTimesAndIds(body)).to.deep.equal(withoutTimesAndIds(shown));
    };
    const get = async (path: string, shown: unknown): Promise<void> => {
      const { body } = await saldo.merchant.get(`/v1/information/${path}`);
      expect(withoutTimesAndIds(body)).to.deep.equal(withoutTimesAndIds(shown));
    };

    await patch('deposit', { type: 'deposit', amount: 199.99, to_user_id: 2 }, AVITO.deposit);
    await get('account-balance/2', AVITO.balance);
    await patch('deposit', { type: 'deposit', amount: 1_000_000, to_user_id: 1 });
    await patch('transfer', { type: 'funds transfer', amount: 500, from_user_id: 1, to_user_id: 2 }, AVITO.transfer);
    await patch('deposit', { type: 'deposit', amount: 100_000_000, to_user_id: 2 });
    await patch('reserve', { type: 'reserve', order_id: 2 }, AVITO.reserve);
    await patch('reserve-refund', { type: 'reserve refund', order_id: 2 }, AVITO.refund);
    await get('account-transactions/2?page=1&sort_by_amount=true&sort_by_date=false', AVITO.history);
    await patch('reserve', { type: 'reserve', order_id: 1 });
    await patch('make-payment', { type: 'payment to company', order_id: 1, to_company_account: 1 }, AVITO.payment);

    const now = new Date();
    const month = now.toISOString().slice(0, 7);
    const response = await fetch(
      `${saldo.gatewayUrl}/v1/reports/consolidated/monthly?year=${now.getUTCFullYear()}&month=${now.getUTCMonth() + 1}`,
      { headers: saldo.merchant.headers },
    );
    expect(response.headers.get('content-disposition')).to.equal(`attachment; filename=report_${month}.csv`);
    expect(response.headers.get('content-type')).to.equal('text/csv; charset=utf-8');
    expect(await response.text()).to.equal(
      `Service Name,Total Revenue in the period (YYYY-MM) ${month}\nIT support,90000\nLegal support,100000\n` +
        'Cleaning,10000\nMedical services,140000\nPlumbing services,10000\n',
    );
  });

  /** The README swaps login and name in its request, and its wallets had money before. */
  it("the examples in simple-billing's README are answered as it shows", async () => {
    const post = async (path: string, json: unknown, shown: unknown): Promise<void> => {
      const { status, body, text } = await saldo.merchant.post(path, json);
      expect(status, text).to.equal(201);
      expect(withoutTimesAndIds(body)).to.deep.equal(withoutTimesAndIds(shown));
    };
    const transactionNumber = 'f1e0fb1b-0323-4e83-a69e-cffabb60b469';

    for (const [number, login] of ['first', 'myLogin'].entries()) {
      const client = { login, name: 'Иванов Иван' };
      await post('/clients', client, { ...client, id: number + 1, walletId: number + 1 });
    }
    for (const walletBalance of [500.5, 1001.0]) {
      const resupply = { walletId: 1, amount: 500.5 };
      await post('/resupplies', resupply, { ...resupply, transactionNumber, walletBalance });
    }
    const transfer = { walletFromId: 1, walletToId: 2, amount: 1000 };
    await post('/transfers', transfer, {
      ...transfer,
      transactionNumber,
      walletFromBalance: 1.0,
      walletToBalance: 1000.0,
    });
  });
});
