import { PRIORITIES, type OperationRequest } from '@saldo/ledger';
import { laneOf } from '@saldo/queue';
import { acceptOperations, type AcceptedJob, type NewJob } from '@saldo/store';
import { expect } from 'chai';
import pg from 'pg';
import { deposit, fresh } from '../support/operations.js';
import { TestLedger, type Acceptance } from '../support/test-ledger.js';
import { until } from '../support/until.js';

interface JobRow {
  readonly id: string;
  readonly lane: number;
  readonly priority: number;
  readonly position: string;
  readonly accepted_at: Date;
}

const PROCESSES = 4;

describe('Accepting operations', () => {
  let ledger: TestLedger;
  let processes: TestLedger[];

  beforeEach(async () => {
    ledger = await TestLedger.create();
    processes = [ledger, ...Array.from({ length: PROCESSES - 1 }, () => ledger.another())];
  });

  afterEach(() => Promise.all(processes.map((process) => process.close())));

  const readRows = (): Promise<JobRow[]> =>
    ledger.sql<JobRow>('select id, lane, priority, position, accepted_at from jobs order by lane, priority, position');

  it('gives out positions 1, 2, 3, … in each lane and priority, whoever accepts at once and over whichever lanes', async () => {
    const calls = Array.from({ length: 80 }, (_, call) => {
      const submissions = Array.from({ length: 1 + (call % 3) }, () =>
        Array.from({ length: 1 + (call % 7) }, (__, index) => ({
          ...deposit(fresh('user'), '1'),
          priority: PRIORITIES[(call + index) % PRIORITIES.length] ?? 'normal',
        })),
      );
      const process = at(processes, call % PROCESSES);
      return process.submit(...submissions.map((requests) => requests.map((request) => process.newJob(request))));
    });
    const answered = (await Promise.all(calls)).flat().flatMap(jobsOf);

    const rows = await readRows();
    const lanes = groupBy(rows, ({ lane, priority }) => `${lane}/${priority}`);
    expect(lanes.size).to.equal(ledger.lanes * PRIORITIES.length);
    for (const [lane, inLane] of lanes) {
      expect(
        inLane.map(({ position }) => Number(position)),
        lane,
      ).to.deep.equal(inLane.map((_, index) => index + 1));
      const times = inLane.map((row) => row.accepted_at.getTime());
      expect(times, `positions of ${lane} follow the time`).to.deep.equal(times.toSorted((a, b) => a - b));
    }
    const placed = (lane: number, priority: number, position: number, id: string): string =>
      `${lane}/${priority}/${position} ${id}`;
    expect(
      answered.map((job) => placed(job.lane, PRIORITIES.indexOf(job.priority), job.position, job.id)),
    ).to.have.members(rows.map((row) => placed(row.lane, row.priority, Number(row.position), row.id)));
  });

  it('gives the operations of a submission, and the submissions of a call, positions in the order given', async () => {
    const user = fresh('user');
    const submissions = [3, 1, 4].map((count) =>
      Array.from({ length: count }, () => ledger.newJob(deposit(user, '1'))),
    );
    const answered = (await ledger.submit(...submissions)).flatMap(jobsOf);
    expect(answered.map(({ position }) => position)).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(answered.map(({ id }) => id)).to.deep.equal(submissions.flat().map(({ id }) => id));
    expect(new Set(answered.map(({ acceptedAt }) => acceptedAt)).size).to.equal(1);
  });

  it('decides an idempotency key once, for equal requests that come at once', async () => {
    const request = deposit(fresh('user'), '1');
    const answered = await Promise.all(
      Array.from({ length: 24 }, (_, index) => {
        const process = at(processes, index % PROCESSES);
        return process.submit([process.newJob(request, { idempotencyKey: 'one' })]);
      }),
    );
    const jobs = answered.flat().flatMap(jobsOf);
    expect(jobs).to.have.length(24);
    expect(new Set(jobs.map(({ id, position, acceptedAt }) => `${id} ${position} ${acceptedAt}`)).size).to.equal(1);
    expect(jobs.filter(({ replayed }) => !replayed)).to.have.length(1);
    expect(await readRows()).to.have.length(1);
  });

  it('decides an idempotency key once, for different requests that come at once on all lanes', async () => {
    const users = onEveryLane(ledger, 6);
    const answered = await Promise.all(
      users.map((user, index) => {
        const process = at(processes, index % PROCESSES);
        return process.submit([process.newJob(deposit(user, '1'), { idempotencyKey: 'one' })]);
      }),
    );
    const kinds = answered.flat().map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'accepted')).to.have.length(1);
    expect(kinds.filter((kind) => kind === 'mismatched')).to.have.length(users.length - 1);
    expect(await readRows()).to.have.length(1);
  });

  it('lets nobody wait for ever for one another, over keys and lanes in any order', async () => {
    const requests = onEveryLane(ledger, 10).map((user) => deposit(user, '1'));
    const keyed = (process: TestLedger, request: OperationRequest): NewJob =>
      process.newJob(request, { idempotencyKey: `key of ${request.user_id ?? ''}` });
    const answered = await Promise.all(
      Array.from({ length: 32 }, (_, by) => {
        const process = at(processes, by % PROCESSES);
        const turned = [...requests.slice(by), ...requests.slice(0, by)];
        return process.submit((by % 2 === 0 ? turned : turned.toReversed()).map((request) => keyed(process, request)));
      }),
    );
    const jobs = answered.flat().flatMap(jobsOf);
    expect(jobs.filter(({ replayed }) => !replayed)).to.have.length(requests.length);
    expect(new Set(jobs.map(({ id }) => id)).size).to.equal(requests.length);
    const rows = await readRows();
    for (const inLane of groupBy(rows, ({ lane }) => String(lane)).values()) {
      expect(inLane.map(({ position }) => Number(position))).to.deep.equal(inLane.map((_, index) => index + 1));
    }
  });

  it('refuses the whole submission with a key that was used for another request, and only that one', async () => {
    const [ann, bob] = [fresh('ann'), fresh('bob')];
    await ledger.submit([ledger.newJob(deposit(ann, '1'), { idempotencyKey: 'used' })]);
    const plain = (): NewJob => ledger.newJob(deposit(ann, '1'));
    const answered = await ledger.submit(
      [plain()],
      [
        plain(),
        ledger.newJob(deposit(ann, '2'), { idempotencyKey: 'used' }),
        ledger.newJob(deposit(bob, '1'), { idempotencyKey: 'new' }),
      ],
      [ledger.newJob(deposit(bob, '3'), { idempotencyKey: 'newer' }), plain()],
    );
    expect(answered.map(({ kind }) => kind)).to.deep.equal(['accepted', 'mismatched', 'accepted']);
    expect(answered[1]).to.deep.equal({ kind: 'mismatched', indexes: [1] });
    expect(await readRows()).to.have.length(4);
    const [later] = await ledger.submit([ledger.newJob(deposit(bob, '9'), { idempotencyKey: 'new' })]);
    expect(later?.kind, 'the key of a refused submission is free').to.equal('accepted');
  });

  it('answers the job that a key was given before, among new ones in the same submission', async () => {
    const user = fresh('user');
    const [first] = await ledger.submit([ledger.newJob(deposit(user, '1'), { idempotencyKey: 'used' })]);
    const [again] = await ledger.submit([
      ledger.newJob(deposit(user, '2')),
      ledger.newJob(deposit(user, '1'), { idempotencyKey: 'used' }),
      ledger.newJob(deposit(user, '3')),
    ]);
    const [known] = jobsOf(first);
    expect(jobsOf(again).map(({ position, replayed }) => [position, replayed])).to.deep.equal([
      [2, false],
      [1, true],
      [3, false],
    ]);
    expect(jobsOf(again)[1]).to.deep.equal({ ...known, replayed: true });
  });

  it('keeps the keys of one API key apart from those of another', async () => {
    const request = deposit(fresh('user'), '1');
    const ofKey = (apiKeyId: number): NewJob => ledger.newJob(request, { apiKeyId, idempotencyKey: 'same' });
    const answered = [
      ...(await ledger.submit([ofKey(1)], [ofKey(2)])),
      ...(await ledger.submit([ofKey(3)], [ofKey(1)])),
    ];
    expect(answered.flatMap(jobsOf).map(({ replayed }) => replayed)).to.deep.equal([false, false, false, true]);
  });

  it('sees a key that another process is just about to use on another lane', async () => {
    const [here = '', there = ''] = onEveryLane(ledger, 1);
    const other = new pg.Client(ledger.url);
    await other.connect();
    await other.query('begin');
    await other.query(
      `insert into jobs (id, api_key, idempotency_key, type, user_id, lane, priority, position, request, accepted_at)
       values (gen_random_uuid(), 1, 'one', 'deposit', $1, $2, 1, 1, '{}', now())`,
      [there, laneOf(there, ledger.lanes)],
    );
    const answered = ledger.submit([ledger.newJob(deposit(here, '1'), { idempotencyKey: 'one' })]);
    await until('it waits for the other process', async () => {
      const waiting = await ledger.sql(
        "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
      );
      return waiting.length > 0;
    });
    await other.query('commit');
    await other.end();
    expect(await answered).to.deep.equal([{ kind: 'mismatched', indexes: [0] }]);
  });

  it('lets two processes that use the same keys in opposite order not wait for one another for ever', async () => {
    const [here = '', there = ''] = onEveryLane(ledger, 1);
    for (let times = 0; times < 10; times += 1) {
      const keys = Array.from({ length: 200 }, () => fresh('key'));
      const jobsFor = (user: string, inOrder: readonly string[]): NewJob[] =>
        inOrder.map((idempotencyKey) => ledger.newJob(deposit(user, '1'), { idempotencyKey }));
      const answered = await Promise.all([
        at(processes, 0).submit(jobsFor(here, keys)),
        at(processes, 1).submit(jobsFor(there, keys.toReversed())),
      ]);
      expect(answered.flat().map(({ kind }) => kind)).to.have.members(['accepted', 'mismatched']);
    }
  });

  it('refuses whoever counts on another number of lanes, and accepts nothing', async () => {
    const job = ledger.newJob(deposit(fresh('user'), '1'));
    const problem = await acceptOperations(ledger.database, ledger.lanes + 1, [[job]]).catch(
      (error: Error) => error.message,
    );
    expect(problem).to.match(/counts on 5 lanes, the database on 4/);
    expect(await readRows()).to.deep.equal([]);
  });
});

function jobsOf(acceptance: Acceptance | undefined): readonly AcceptedJob[] {
  return acceptance?.kind === 'accepted' ? acceptance.jobs : [];
}

function at<T>(list: readonly T[], index: number): T {
  const found = list[index];
  if (found === undefined) throw new Error(`no element ${index}`);
  return found;
}

function groupBy<T>(list: readonly T[], keyOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of list) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return groups;
}

/** So many users for each lane. */
function onEveryLane({ lanes }: TestLedger, count: number): string[] {
  const users = Array.from({ length: lanes }, (): string[] => []);
  while (users.some((inLane) => inLane.length < count)) {
    const user = fresh('user');
    const inLane = users[laneOf(user, lanes)];
    if (inLane !== undefined && inLane.length < count) inLane.push(user);
  }
  return users.flat();
}
