import { expect } from 'chai';
import { describeOnBothQueuesAfresh, expectBooksInOrder } from '../support/both-queues.js';
import { Client } from '../support/client.js';
import type { Problem } from '../support/contract.js';
import { saldo as runSaldo, startSaldo } from '../support/saldo.js';

type Act = 'reserve' | 'reserve-refund' | 'make-payment';
type State = 'not submitted' | 'in progress' | 'cancelled' | 'completed';

interface Order {
  readonly id: number;
  readonly order_id: string;
  readonly user_id: string;
  readonly status: State;
  readonly amount: string;
  readonly items: readonly { service_id: string; quantity: number }[];
}

const ACTS: readonly Act[] = ['reserve', 'reserve-refund', 'make-payment'];

/** What each act needs an order to be, and makes of it. */
const NEEDS: Readonly<Record<Act, State>> = {
  reserve: 'not submitted',
  'reserve-refund': 'in progress',
  'make-payment': 'in progress',
};
const MAKES: Readonly<Record<Act, State>> = {
  reserve: 'in progress',
  'reserve-refund': 'cancelled',
  'make-payment': 'completed',
};

/** Every row of one to three acts. */
const ROWS: readonly (readonly Act[])[] = ACTS.flatMap((first) => [
  [first],
  ...ACTS.flatMap((second) => [[first, second], ...ACTS.map((third) => [first, second, third])]),
]);

const RICH = 100_000_000;

const wrongState = (state: State): string =>
  `This transaction cannot be performed on this order since it is in '${state}' status.`;

describeOnBothQueuesAfresh('An order of the demo catalogue', (saldo) => {
  const act = (name: Act, order_id: number, client: Client = saldo.merchant) =>
    client.send<Problem & { amount: number }>('PATCH', `/v1/transactions/${name}`, { json: { order_id } });
  const readOrder = async (id: number): Promise<Order> => (await saldo.merchant.get<Order>(`/v1/orders/${id}`)).body;
  const balances = async (userId: string): Promise<number[]> => {
    const { body } = await saldo.merchant.get<{ balance: number }[]>(`/v1/information/account-balance/${userId}`);
    return body.map(({ balance }) => balance);
  };
  /** A new order of these services for this user. */
  const copyOf = async ({ user_id, items }: Pick<Order, 'user_id' | 'items'>): Promise<Order> => {
    const wanted = items.map(({ service_id, quantity }) => ({ service_id, quantity }));
    return (await saldo.merchant.post<Order>('/v1/orders', { user_id, items: wanted })).body;
  };

  /** Runs acts one after another and holds each answer, the state and both balances to what the order was before. */
  const expectActs = async (order: Order, acts: readonly Act[]): Promise<void> => {
    let state: State = 'not submitted';
    let [available = 0, reserved = 0] = await balances(order.user_id);
    for (const name of acts) {
      const { status, body, text } = await act(name, order.id);
      const told = `${name} of order ${order.id} in state ${state} is answered ${text}`;
      const amount = Number(order.amount);
      if (state === NEEDS[name]) {
        expect({ status, amount: body.amount }, told).to.deep.equal({ status: 200, amount });
        state = MAKES[name];
        if (name === 'reserve') [available, reserved] = [available - amount, reserved + amount];
        else [available, reserved] = [available + (name === 'reserve-refund' ? amount : 0), reserved - amount];
      } else {
        expect({ status, detail: body.detail }, told).to.deep.equal({ status: 422, detail: wrongState(state) });
      }
      expect((await readOrder(order.id)).status, told).to.equal(state);
      expect(await balances(order.user_id), told).to.deep.equal([available, reserved]);
    }
  };

  before(async () => {
    const { code, stderr } = await runSaldo(['seed-demo'], saldo.env);
    expect(code, stderr).to.equal(0);
    for (const to_user_id of [1, 2, 3, 4, 5]) {
      await saldo.merchant.send('PATCH', '/v1/transactions/deposit', { json: { amount: RICH, to_user_id } });
    }
  });

  it('is not submitted, and costs what its services cost', async () => {
    const amounts = [350_000, 170_000, 120_000, 310_000, 130_000, 160_000, 20_000, 60_000];
    for (const [index, amount] of amounts.entries()) {
      expect(await readOrder(index + 1)).to.include({ status: 'not submitted', amount: `${amount}.00` });
    }
  });

  it('is seeded once, however often that is asked for', async () => {
    const { stdout } = await runSaldo(['seed-demo', '--json'], saldo.env);
    expect(JSON.parse(stdout)).to.deep.equal({ services: 0, orders: 0, company_accounts: 0 });
  });

  it('may only ever be reserved, and then refunded or paid, whatever is tried one after another', async function () {
    this.timeout(60_000);
    await Promise.all(
      ROWS.map(async (acts, index) => {
        const user_id = String(1_000 + index);
        await saldo.merchant.given({ type: 'deposit', user_id, amount: '1000000' });
        const { items } = await readOrder((index % 8) + 1);
        await expectActs(await copyOf({ user_id, items }), acts);
      }),
    );
  });

  it('with the numbers 1 to 8 goes through each of its acts', async () => {
    const LIVES: readonly (readonly Act[])[] = [
      ['make-payment', 'reserve', 'make-payment', 'reserve-refund', 'reserve', 'make-payment'],
      ['reserve-refund', 'reserve', 'reserve-refund', 'make-payment', 'reserve', 'reserve-refund'],
    ];
    for (let id = 1; id <= 8; id += 1) await expectActs(await readOrder(id), LIVES[id % 2] ?? []);
  });

  it('is another than the order that a caller of the native API gave the same number', async () => {
    const order = await copyOf(await readOrder(7));
    const own = { type: 'reserve', user_id: '4', order_id: String(order.id), amount: '1' };
    expect((await saldo.merchant.finish(own)).status).to.equal('completed');
    await expectActs(order, ['reserve', 'make-payment']);
  });

  it('is paid as it was reserved, whatever its services cost by then', async () => {
    const put = (price: string) =>
      saldo.admin.send('PUT', '/v1/services/repriced', { json: { name: 'Repriced', price } });
    await put('10.5');
    const items = [{ service_id: 'repriced', quantity: 3 }];
    const { body: order } = await saldo.merchant.post<Order>('/v1/orders', { user_id: '1', items });
    await put('20.25');
    expect((await act('reserve', order.id)).body.amount).to.equal(60.75);
    await put('1');
    expect((await act('make-payment', order.id)).body.amount).to.equal(60.75);
  });

  it('that its user has too little for stays not submitted', async () => {
    const items = [{ service_id: '5', quantity: 1_000_000 }];
    const { body: order } = await saldo.merchant.post<Order>('/v1/orders', { user_id: '5', items });
    const { status, body } = await act('reserve', order.id);
    expect(status).to.equal(422);
    expect(body).to.include({
      message: 'User account balance cannot be negative. Transaction failed.',
      detail: 'User account balance cannot be negative. Transaction failed.',
    });
    expect((await readOrder(order.id)).status).to.equal('not submitted');
  });

  it('of a user without an account, and one that there is not, are refused in the old words', async () => {
    const items = [{ service_id: '5', quantity: 1 }];
    const { body: order } = await saldo.merchant.post<Order>('/v1/orders', { user_id: '99', items });
    const { status, body } = await act('reserve', order.id);
    expect({ status, detail: body.detail }).to.deep.equal({
      status: 404,
      detail: "User doesn't have an account yet. Please deposit or transfer money to that user.",
    });
    for (const name of ACTS) {
      for (const id of [999_999, 9_999_999_999]) {
        const refused = await act(name, id);
        expect({ status: refused.status, detail: refused.body.detail }).to.deep.equal({
          status: 422,
          detail: 'Specified order does not exist.',
        });
      }
    }
  });

  it('is reserved once when 40 ask for it at the same time, and through two gateways', async function () {
    this.timeout(60_000);
    const second = await startSaldo(['gateway'], saldo.env);
    const key = (await saldo.admin.post<{ key: string }>('/v1/api-keys', { name: 'second', role: 'merchant' })).body
      .key;
    const clients = [saldo.merchant, Client.withKey(second.url, key)];
    for (const name of ['reserve', 'make-payment', 'reserve', 'reserve-refund'] as const) {
      const order = await copyOf(await readOrder(8));
      if (name !== 'reserve') await act('reserve', order.id);
      const answers = await Promise.all(
        Array.from({ length: 40 }, (_, index) => act(name, order.id, clients[index % 2] ?? saldo.merchant)),
      );
      expect(answers.filter(({ status }) => status === 200)).to.have.length(1);
      const refused = answers.filter(({ status }) => status === 422).map(({ body }) => body.detail);
      expect(refused).to.deep.equal(Array.from({ length: 39 }, () => wrongState(MAKES[name])));
    }
    await second.stop();
    await expectBooksInOrder(saldo.databaseUrl);
  });
});
