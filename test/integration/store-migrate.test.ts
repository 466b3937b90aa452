import { migrateQueue } from '@saldo/queue';
import { connectDatabase, LanesChangedError, migrate, readProgress } from '@saldo/store';
import { expect } from 'chai';
import pg from 'pg';
import { deposit, fresh } from '../support/operations.js';
import { sharedPostgres } from '../support/postgres.js';
import { TestLedger } from '../support/test-ledger.js';

const INSERT_ONLY = ['jobs', 'operations'] as const;

describe('Migrating', () => {
  it('works when five processes start at once, and one of them does it', async () => {
    const url = await (await sharedPostgres()).createDatabase();
    const ran = await Promise.all(Array.from({ length: 5 }, () => migrate(url, 4)));
    expect(ran.filter((migrations) => migrations.length > 0)).to.have.length(1);
    await Promise.all(Array.from({ length: 5 }, () => migrateQueue(url)));
    expect(await migrate(url, 4)).to.deep.equal([]);
    await migrateQueue(url);
  });

  it('is not stopped by a migration that was killed half-way', async () => {
    const postgres = await sharedPostgres();
    const url = await postgres.createDatabase();
    await migrate(url, 4);
    const client = new pg.Client(url);
    await client.connect();
    await client.query('update knex_migrations_lock set is_locked = 1');
    await client.end();
    expect(await migrate(url, 4)).to.deep.equal([]);
  });

  it('makes the lanes that there have to be, more or fewer', async () => {
    const url = await (await sharedPostgres()).createDatabase();
    const database = connectDatabase(url, { poolMax: 1, name: 'saldo-test' });
    await migrate(url, 2);
    expect(await readProgress(database)).to.have.length(6);
    await migrate(url, 5);
    expect(await readProgress(database)).to.have.length(15);
    await migrate(url, 3);
    await database.close();
  });
});

describe('The number of lanes', () => {
  let ledger: TestLedger;

  beforeEach(async () => {
    ledger = await TestLedger.create(4);
  });

  afterEach(() => ledger.close());

  it('is not changed while operations are in flight, and the error says what to do', async () => {
    const user = fresh('user');
    const [job] = await ledger.accept(deposit(user, '1'));
    for (const lanes of [1, 3, 8]) {
      const problem: unknown = await migrate(ledger.url, lanes).catch((error: unknown) => error);
      expect(problem).to.be.instanceOf(LanesChangedError);
      expect(String(problem)).to.match(new RegExp(`SALDO_LANES is ${lanes}.*SALDO_LANES=4`));
    }
    expect(await migrate(ledger.url, 4)).to.deep.equal([]);
    await ledger.applyAll();
    expect((await ledger.jobs([job?.id ?? ''])).map(({ ended }) => ended?.status)).to.deep.equal(['completed']);
  });

  it('is changed once all is applied, and then whoever counts on the old one is refused', async () => {
    const user = fresh('user');
    await ledger.finish(deposit(user, '1'));
    await migrate(ledger.url, 8);
    const problem: unknown = await ledger.accept(deposit(user, '1')).catch((error: unknown) => error);
    expect(String(problem)).to.match(/counts on 4 lanes, the database on 8/);
  });

  it('is not changed behind the back of those who accept at that moment', async () => {
    const attempts = Array.from({ length: 20 }, () =>
      ledger.accept(deposit(fresh('user'), '1')).then(
        () => true,
        () => false,
      ),
    );
    const isChanged = await migrate(ledger.url, 8).then(
      () => true,
      () => false,
    );
    const accepted = (await Promise.all(attempts)).filter(Boolean).length;
    const progress = await readProgress(ledger.database);
    const inFlight = progress.reduce((sum, lane) => sum + lane.accepted - lane.applied, 0);
    expect(inFlight).to.equal(accepted);
    expect(progress).to.have.length(isChanged ? 24 : 12);
    if (isChanged) expect(accepted).to.equal(0);
  });
});

describe('What was accepted and what was applied', () => {
  let ledger: TestLedger;

  before(async () => {
    ledger = await TestLedger.create();
    await ledger.finish(deposit(fresh('user'), '1'));
  });

  after(() => ledger.close());

  for (const table of INSERT_ONLY) {
    for (const statement of [
      `update ${table} set type = 'refund'`,
      `delete from ${table}`,
      `truncate ${table} cascade`,
    ]) {
      it(`is never changed: ${statement}`, async () => {
        const before = await ledger.sql(`select * from ${table}`);
        const problem: unknown = await ledger.sql(statement).catch((error: unknown) => error);
        expect(String(problem)).to.match(new RegExp(`${table} is insert-only: (UPDATE|DELETE|TRUNCATE) is refused`));
        expect(await ledger.sql(`select * from ${table}`)).to.deep.equal(before);
      });
    }
  }

  for (const [rule, statement] of [
    ["a user's balance below zero", "update accounts set balance = -1 where kind = 'available'"],
    [
      'more given from a hold than was taken',
      "insert into orders values ('o', 'u'); insert into holds values ('o', '', 'main', 5, 3, 3)",
    ],
    [
      'a movement of nothing',
      "insert into operations (job_id, line, type, amount, debit_account, credit_account, applied_at) values (gen_random_uuid(), 0, 'deposit', 0, 1, 2, now())",
    ],
    [
      'a movement from an account to itself',
      "insert into operations (job_id, line, type, amount, debit_account, credit_account, applied_at) values (gen_random_uuid(), 0, 'deposit', 1, 1, 1, now())",
    ],
    [
      'a second outcome',
      "insert into operations (job_id, line, type, rejection, applied_at) select id, 0, type, 'insufficient_funds', now() from jobs",
    ],
    [
      'a position given twice',
      'insert into jobs (id, api_key, type, user_id, lane, priority, position, request, accepted_at) select gen_random_uuid(), api_key, type, user_id, lane, priority, position, request, now() from jobs',
    ],
  ] as const) {
    it(`is never ${rule}: the database itself refuses it`, async () => {
      const problem: unknown = await ledger.sql(statement).catch((error: unknown) => error);
      expect(String(problem)).to.match(/violates (check|unique) constraint/);
    });
  }
});
