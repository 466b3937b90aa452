import {
  accountKey,
  applyBatch,
  formatMoney,
  isSystemKind,
  PRIORITIES,
  toOperation,
  type Books,
  type OperationRequest,
  type Outcome,
} from '@saldo/ledger';
import { verify, type Job } from '@saldo/store';
import { expect } from 'chai';
import fc from 'fast-check';
import { booksAfter, EMPTY_BOOKS } from '../property/ledger-books.js';
import { TestLedger } from '../support/test-ledger.js';

/** So few users, wallets, orders and services, and such amounts, that operations meet all the time. */
const user = fc.constantFrom('1', '2', '3', '4', '5');
const wallet = fc.constantFrom(undefined, undefined, 'main', 'spare');
const order = fc.constantFrom('o1', 'o2', 'o3');
const service = fc.constantFrom('7', '8');
const amount = fc.constantFrom('1', '2', '3', '5', '0.0001', '8.25');
const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined });
const line = fc.record({ service_id: service, amount });

const request: fc.Arbitrary<object> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant('deposit'), user_id: user, wallet, amount }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('withdraw'), user_id: user, wallet, amount }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('transfer'),
      from_user_id: user,
      to_user_id: user,
      from_wallet: wallet,
      to_wallet: wallet,
      amount,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('reserve'),
      user_id: user,
      order_id: order,
      service_id: optional(service),
      wallet,
      amount,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('capture'),
      user_id: user,
      order_id: order,
      service_id: service,
      amount: optional(amount),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('capture'),
      user_id: user,
      order_id: order,
      lines: fc.array(line, { minLength: 1, maxLength: 3 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('release'),
      user_id: user,
      order_id: order,
      service_id: optional(service),
      amount: optional(amount),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('refund'),
      user_id: user,
      order_id: order,
      service_id: service,
      amount: optional(amount),
    }),
  },
);
const prioritized = fc
  .tuple(request, fc.constantFrom(undefined, undefined, undefined, ...PRIORITIES))
  .map(([fields, priority]) => ({ ...fields, priority }) as OperationRequest);

/** What happens one after another: operations are accepted, or a lane applies at most so many. */
const step = fc.oneof(
  fc.array(prioritized, { minLength: 1, maxLength: 12 }).map((requests) => ({ requests })),
  fc.record({ lane: fc.nat({ max: 2 }), limit: fc.integer({ min: 1, max: 15 }) }),
);

describe('Whatever is accepted, and however the lanes take turns,', () => {
  let ledger: TestLedger;

  before(async () => {
    ledger = await TestLedger.create(3);
  });

  after(() => ledger.close());

  it('the store does what the ledger says, in outcomes, balances, sequences and holds', async function () {
    this.timeout(60_000);
    let run = 0;
    const property = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25, size: 'max' }), async (steps) => {
      run += 1;
      const model = new Model(ledger, `r${run}.`);
      for (const one of steps) {
        if ('requests' in one) await model.accept(one.requests);
        else await model.apply(one.lane, one.limit);
      }
      await model.applyRest();
      await model.expectEqualBooks();
    });
    await fc.assert(property, { numRuns: 60 });
    expect((await verify(ledger.database)).differences).to.deep.equal([]);
  });
});

interface Queued {
  readonly id: string;
  readonly request: OperationRequest;
}

/** A ledger in Postgres beside the same one in memory. Its users and orders are its own: their ids have a prefix. */
class Model {
  readonly #ledger: TestLedger;
  readonly #prefix: string;
  readonly #queued = new Map<string, Queued[]>();
  #books: Books = EMPTY_BOOKS;

  constructor(ledger: TestLedger, prefix: string) {
    this.#ledger = ledger;
    this.#prefix = prefix;
  }

  async accept(requests: readonly OperationRequest[]): Promise<void> {
    const own = requests.map((one) => this.#withOwnIds(one));
    (await this.#ledger.accept(...own)).forEach(({ id, lane, priority }, index) => {
      const accepted = own[index];
      if (accepted !== undefined) this.#queueOf(lane, priority).push({ id, request: accepted });
    });
  }

  async apply(lane: number, limit: number): Promise<number> {
    const next = PRIORITIES.flatMap((priority) => this.#queueOf(lane, priority)).slice(0, limit);
    for (const priority of PRIORITIES) {
      const queue = this.#queueOf(lane, priority);
      this.#queued.set(
        `${lane}/${priority}`,
        queue.filter((one) => !next.includes(one)),
      );
    }
    await this.#ledger.applyNext(lane, limit);

    const { outcomes, changes } = applyBatch(
      this.#books,
      next.map((one) => toOperation(one.request)),
    );
    this.#books = booksAfter(this.#books, changes);
    const jobs = await this.#ledger.jobs(next.map((one) => one.id));
    expect(jobs.map(seen)).to.deep.equal(outcomes.map(expected));
    return next.length;
  }

  async applyRest(): Promise<void> {
    for (let lane = 0; lane < this.#ledger.lanes; lane += 1) while ((await this.apply(lane, 7)) > 0);
  }

  async expectEqualBooks(): Promise<void> {
    const accounts = await this.#ledger.sql<{ key: string; balance: string; sequence: string }>(
      `select kind || '/' || owner || '/' || wallet as key, balance, sequence from accounts
        where kind in ('available', 'reserved') and sequence > 0 and owner like $1`,
      [`${this.#prefix}%`],
    );
    const told = accounts.map((row) => `${row.key} ${row.balance} ${row.sequence}`);
    const users = [...this.#books.accounts.values()].filter(({ key }) => /^(available|reserved)/.test(key));
    expect(told).to.have.members(users.map(({ key, balanceUnits, sequence }) => `${key} ${balanceUnits} ${sequence}`));

    const holds = await this.#ledger.sql<{ hold: string }>(
      `select o.user_id || ' ' || h.order_id || ' ' || service_id || ' ' || wallet || ' ' || reserved || ' ' || released || ' ' || captured as hold
         from holds h join orders o using (order_id) where h.order_id like $1`,
      [`${this.#prefix}%`],
    );
    const orders = [...this.#books.orders.values()];
    const expectedHolds = orders.flatMap(({ userId, holds: of }) =>
      [...of.values()].map(
        (hold) =>
          `${userId} ${hold.orderId} ${hold.serviceId} ${hold.wallet} ${hold.reservedUnits} ${hold.releasedUnits} ${hold.capturedUnits}`,
      ),
    );
    expect(holds.map((row) => row.hold)).to.have.members(expectedHolds);
  }

  #queueOf(lane: number, priority: string): Queued[] {
    const key = `${lane}/${priority}`;
    const queue = this.#queued.get(key) ?? [];
    this.#queued.set(key, queue);
    return queue;
  }

  #withOwnIds(one: OperationRequest): OperationRequest {
    const own = { ...one };
    for (const field of ['user_id', 'from_user_id', 'to_user_id', 'order_id'] as const) {
      if (own[field] !== undefined) own[field] = this.#prefix + own[field];
    }
    return own;
  }
}

/** What the store says of a job, without the balances of the system, which has one per lane. */
function seen({ ended }: Job): unknown {
  if (ended === undefined) return 'queued';
  if (ended.status === 'rejected') return ended.reason;
  return ended.entries.map(({ account, amountUnits, balanceUnits, sequence }) =>
    isSystemKind(account.kind)
      ? `${accountKey(account)} ${formatMoney(amountUnits)}`
      : `${accountKey(account)} ${formatMoney(amountUnits)} ${balanceUnits ?? ''} ${sequence ?? ''}`,
  );
}

function expected(outcome: Outcome): unknown {
  if (outcome.status === 'rejected') return outcome.reason;
  return outcome.lines.flatMap(({ debit, credit, amountUnits }) =>
    [debit, credit].map(({ account, balanceUnits, sequence }) =>
      /^(external|revenue)/.test(account)
        ? `${account} ${formatMoney(amountUnits)}`
        : `${account} ${formatMoney(amountUnits)} ${balanceUnits} ${sequence}`,
    ),
  );
}
