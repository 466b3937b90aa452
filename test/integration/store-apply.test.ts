import { expect } from 'chai';
import { laneOf } from '@saldo/queue';
import { readProgress, verify, type Job } from '@saldo/store';
import { capture, deposit, fresh, refund, release, reserve, transfer, withdraw } from '../support/operations.js';
import { endOf, TestLedger } from '../support/test-ledger.js';

describe('Applying operations', () => {
  let ledger: TestLedger;

  beforeEach(async () => {
    ledger = await TestLedger.create();
  });

  afterEach(async () => {
    expect((await verify(ledger.database)).differences).to.deep.equal([]);
    await ledger.close();
  });

  const endsOf = (jobs: readonly Job[]): string[] => jobs.map(endOf);

  it('happens exactly once and in order, however many processes work on every lane at once', async () => {
    const users = Array.from({ length: 60 }, () => fresh('user'));
    const requests = Array.from({ length: 1_200 }, (_, index) => {
      const [user = '', other = ''] = [users[index % 60], users[(index * 7 + 1) % 60]];
      if (index < 60) return deposit(user, '100');
      if (index % 3 === 0) return transfer(user, other, `0.${String(index).padStart(4, '0')}`);
      return index % 3 === 1 ? deposit(user, '1') : withdraw(user, '0.5');
    });
    const accepted = await ledger.accept(...requests);
    const processes = [ledger, ...Array.from({ length: 3 }, () => ledger.another())];
    await Promise.all(processes.map((process, index) => process.applyAll(11 + index * 5)));
    await Promise.all(processes.slice(1).map((process) => process.close()));
    expect(
      processes.flatMap((process) => process.failures),
      'nobody is in the way of another',
    ).to.deep.equal([]);

    const outcomes = await ledger.sql<{ job_id: string }>('select job_id from operations');
    expect(outcomes.map((row) => row.job_id)).to.have.members(accepted.map((job) => job.id));
    const applied = await ledger.sql<{ lane: number; positions: number[] }>(
      'select lane, json_agg(position order by o.id) as positions from jobs j join operations o on o.job_id = j.id group by lane',
    );
    for (const { lane, positions } of applied) {
      expect(positions, `lane ${lane}`).to.deep.equal(positions.map((_, index) => index + 1));
    }
  });

  it('takes higher priorities first, at most as many as asked for, and says how far each has come', async () => {
    const user = fresh('user');
    const lane = laneOf(user, ledger.lanes);
    const priorities = ['low', 'normal', 'high', 'low', 'normal', 'high', 'high'] as const;
    await ledger.accept(...priorities.map((priority) => deposit(user, '1', { priority })));
    expect(await ledger.applyNext(lane, 2)).to.deep.equal([{ priority: 'high', applied: 2 }]);
    expect(await ledger.applyNext(lane, 2)).to.deep.equal([
      { priority: 'high', applied: 3 },
      { priority: 'normal', applied: 1 },
    ]);
    await ledger.accept(deposit(user, '1', { priority: 'high' }));
    expect(await ledger.applyNext(lane, 2)).to.deep.equal([
      { priority: 'high', applied: 4 },
      { priority: 'normal', applied: 2 },
    ]);
    expect(await ledger.applyNext(lane, 100)).to.deep.equal([{ priority: 'low', applied: 2 }]);
    expect(await ledger.applyNext(lane, 100)).to.deep.equal([]);
    const progress = (await readProgress(ledger.database)).filter((one) => one.lane === lane);
    expect(progress.map(({ priority, accepted, applied }) => `${priority} ${accepted} ${applied}`)).to.have.members([
      'high 4 4',
      'normal 2 2',
      'low 2 2',
    ]);
  });

  it('lets one of two users have an order that both claim at the same moment on two lanes', async () => {
    const ann = fresh('ann');
    const bob = Array.from({ length: 20 }, () => fresh('bob')).find(
      (user) => laneOf(user, ledger.lanes) !== laneOf(ann, ledger.lanes),
    );
    if (bob === undefined) throw new Error('no user of another lane');
    await ledger.finish(deposit(ann, '100'), deposit(bob, '100'));
    for (let times = 0; times < 15; times += 1) {
      const order = fresh('order');
      const accepted = await ledger.accept(reserve(ann, order, '1'), reserve(bob, order, '1', { service_id: 'a' }));
      await ledger.applyAll();
      expect(endsOf(await ledger.jobs(accepted.map((job) => job.id)))).to.have.members(['completed', 'hold_mismatch']);
    }
  });

  it('never lets two lanes wait for ever for one another over accounts of both', async () => {
    const users = Array.from({ length: 12 }, () => fresh('user'));
    await ledger.finish(...users.map((user) => deposit(user, '1000')));
    const requests = users.flatMap((from) => users.filter((to) => to !== from).map((to) => transfer(from, to, '1')));
    const accepted = await ledger.accept(...requests, ...requests.toReversed());
    const others = [ledger.another(), ledger.another()];
    await Promise.all([ledger, ...others].map((process) => process.applyAll(9)));
    await Promise.all(others.map((process) => process.close()));
    expect(new Set(endsOf(await ledger.jobs(accepted.map((job) => job.id))))).to.deep.equal(new Set(['completed']));
  });

  it('makes the same wallet for two lanes that need it at the same moment', async () => {
    const payers = Array.from({ length: 16 }, () => fresh('payer'));
    await ledger.finish(...payers.map((user) => deposit(user, '10')));
    for (let times = 0; times < 5; times += 1) {
      const [receiver, wallet] = [fresh('receiver'), fresh('wallet')];
      const ends = endsOf(
        await ledger.finish(...payers.map((payer) => transfer(payer, receiver, '1', { to_wallet: wallet }))),
      );
      expect(new Set(ends)).to.deep.equal(new Set(['completed']));
    }
  });

  it('of a batch happens whole or not at all', async () => {
    const [user, order] = [fresh('user'), fresh('order')];
    const lane = laneOf(user, ledger.lanes);
    await ledger.finish(deposit(user, '10'));
    const accepted = await ledger.accept(deposit(user, '1'), reserve(user, order, '2'), deposit(user, '3'));
    await ledger.sql(`alter table operations add constraint no_poison check (order_id <> '${order}')`);
    const before = await ledger.sql('select * from accounts order by id');
    for (let times = 0; times < 3; times += 1) {
      expect(await ledger.applyNext(lane).catch((error: Error) => error.message)).to.match(/no_poison/);
    }
    expect(await ledger.sql('select * from accounts where sequence > 0 order by id')).to.deep.equal(before);
    expect(await ledger.sql('select * from holds')).to.deep.equal([]);
    const queued = await ledger.jobs(accepted.map((job) => job.id));
    expect(endsOf(queued)).to.deep.equal(['queued', 'queued', 'queued']);
    await ledger.sql('alter table operations drop constraint no_poison');
    await ledger.applyAll();
    expect(endsOf(await ledger.jobs(accepted.map((job) => job.id)))).to.deep.equal([
      'completed',
      'completed',
      'completed',
    ]);
  });

  it('is not led astray by what it remembers of a database that was restored to an earlier state', async () => {
    const user = fresh('user');
    await ledger.finish(deposit(user, '1'), deposit(fresh('other'), '1'));
    await ledger.sql(`set session_replication_role = replica;
      delete from operations; delete from jobs; delete from accounts; update lanes set accepted = 0; update cursors set applied = 0`);
    const [, paid, refused] = await ledger.finish(deposit(fresh('new'), '5'), deposit(user, '2'), withdraw(user, '3'));
    expect(paid && endOf(paid)).to.equal('completed');
    expect(refused && endOf(refused)).to.equal('insufficient_funds');
  });

  it('counts sequences of a wallet without gaps, over rejections and all types', async () => {
    const [user, order] = [fresh('user'), fresh('order')];
    const ends = endsOf(
      await ledger.finish(
        withdraw(user, '1'),
        deposit(user, '10'),
        withdraw(user, '11'),
        reserve(user, order, '5'),
        capture(user, order, {
          lines: [
            { service_id: 'a', amount: '1' },
            { service_id: 'b', amount: '2' },
          ],
        }),
        release(user, order),
        refund(user, order, 'b'),
        withdraw(user, '9'),
        withdraw(user, '0.0001'),
      ),
    );
    const [completed, refused] = ['completed', 'insufficient_funds'];
    expect(ends).to.deep.equal([
      'account_not_found',
      completed,
      refused,
      completed,
      completed,
      completed,
      completed,
      completed,
      refused,
    ]);
  });
});
