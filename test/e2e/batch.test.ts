import { expect } from 'chai';
import { describeOnBothQueues } from '../support/both-queues.js';
import type { Entry, Problem } from '../support/contract.js';
import { capture, deposit, fresh, reserve, transfer, withdraw } from '../support/operations.js';

interface HistoryEntry {
  readonly job_id: string;
  readonly amount: string;
}

describeOnBothQueues('A batch', (saldo) => {
  const pointersOf = ({ errors }: Problem): string[] => (errors ?? []).map(({ pointer }) => pointer);

  it('is accepted whole, with a job for each operation in the order given', async () => {
    const users = Array.from({ length: 30 }, () => fresh('user'));
    const { status, headers, body } = await saldo.merchant.submitBatch(
      users.map((user, index) => deposit(user, `${index + 1}`)),
    );
    expect(status).to.equal(202);
    expect(headers).to.include({ 'retry-after': '1' });
    expect(body).to.have.all.keys('jobs');
    expect(
      body.jobs.map(({ type, status: is, request }) => [type, is, request['user_id'], request['amount']]),
    ).to.deep.equal(users.map((user, index) => ['deposit', 'queued', user, `${index + 1}.00`]));
    for (const { id } of body.jobs) expect(await saldo.merchant.job(id, 30)).to.include({ status: 'completed' });
  });

  it('of 1000 operations of one user applies them in the order given', async () => {
    const user = fresh('user');
    const operations = Array.from({ length: 1_000 }, (_, index) =>
      index % 3 === 2 ? withdraw(user, `0.${String(index).padStart(4, '0')}`) : deposit(user, `${index + 1}`),
    );
    const jobs = await saldo.merchant.finishAll(operations);
    const sequences = jobs.map((job) => job.result?.entries.find(isUsers)?.sequence);
    expect(sequences).to.deep.equal(operations.map((_, index) => index + 1));
    const applied = await saldo.admin.readAll<HistoryEntry>(`/v1/users/${user}/operations?sort=created_at&limit=200`);
    expect(applied.map((entry) => entry.job_id)).to.deep.equal(jobs.map((job) => job.id));
  });

  it('may spend what an operation before it in the batch brought', async () => {
    const [ann, bob, order] = [fresh('ann'), fresh('bob'), fresh('order')];
    const jobs = await saldo.merchant.finishAll([
      withdraw(ann, '1'),
      deposit(ann, '10'),
      reserve(ann, order, '6'),
      capture(ann, order, { service_id: 'a' }),
      transfer(ann, bob, '4'),
      withdraw(ann, '0.0001'),
    ]);
    expect(jobs.map((job) => job.error?.code ?? job.status)).to.deep.equal([
      'account_not_found',
      'completed',
      'completed',
      'completed',
      'completed',
      'insufficient_funds',
    ]);
  });

  it('is refused whole where any operation is malformed, and every bad field of all is named', async () => {
    const user = fresh('user');
    const good = deposit(user, '1');
    const operations = Array.from({ length: 20 }, (): unknown => good);
    operations[3] = { ...good, amount: '0' };
    operations[7] = { type: 'teleport' };
    operations[11] = 'deposit';
    operations[17] = { ...good, amount: -1, user_id: '', colour: 'red', idempotency_key: ' ' };
    operations[19] = {
      type: 'capture',
      user_id: user,
      order_id: 'o',
      lines: [
        { service_id: 'a', amount: '1' },
        { service_id: '', amount: 'x' },
      ],
    };
    const { status, body } = await saldo.merchant.submitBatch<Problem>(operations);
    expect(status).to.equal(400);
    expect(pointersOf(body)).to.have.members([
      '/operations/3/amount',
      '/operations/7/type',
      '/operations/11',
      '/operations/17/amount',
      '/operations/17/user_id',
      '/operations/17/colour',
      '/operations/17/idempotency_key',
      '/operations/19/lines/1/service_id',
      '/operations/19/lines/1/amount',
    ]);
    expect(await saldo.merchant.readAll(`/v1/jobs?user_id=${user}`)).to.deep.equal([]);
  });

  it('may have 1 to 1000 operations, no fewer and no more', async () => {
    const user = fresh('user');
    for (const [count, expected] of [
      [0, 400],
      [1, 202],
      [1_000, 202],
      [1_001, 400],
    ] as const) {
      const { status, body } = await saldo.merchant.submitBatch<Problem>(Array(count).fill(deposit(user, '1')));
      expect(status, `${count} operations`).to.equal(expected);
      if (expected === 400) expect(pointersOf(body)).to.deep.equal(['/operations']);
    }
  });

  for (const [title, body, pointer] of [
    ['no list', { operations: 'all' }, '/operations'],
    ['null', { operations: null }, '/operations'],
    ['an object', { operations: { 0: {} } }, '/operations'],
    ['nothing', {}, '/operations'],
    ['an unknown field beside it', { operations: [deposit('user', '1')], atomic: true }, '/atomic'],
    ['a bare list', [deposit('user', '1')], ''],
    ['null alone', null, ''],
    ['a hole', { operations: [null] }, '/operations/0'],
    ['a batch in a batch', { operations: [{ operations: [] }] }, '/operations/0/type'],
  ] as const) {
    it(`with ${title} is refused at "${pointer}"`, async () => {
      const { status, body: problem } = await saldo.merchant.post<Problem>('/v1/operations/batch', body);
      expect(status).to.equal(400);
      expect(pointersOf(problem)).to.deep.equal([pointer]);
    });
  }
});

function isUsers(entry: Entry): boolean {
  return entry.user_id !== null;
}
