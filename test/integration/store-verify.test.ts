import { verify } from '@saldo/store';
import { expect } from 'chai';
import { capture, deposit, fresh, refund, release, reserve, transfer, withdraw } from '../support/operations.js';
import { TestLedger } from '../support/test-ledger.js';

const TABLES = ['jobs', 'operations', 'lanes', 'cursors', 'accounts', 'orders', 'holds', 'hold_captures'];

/** What is corrupted, how, and what the verification has to say. Each alone, in books that are right otherwise. */
const CORRUPTIONS: readonly (readonly [string, string, RegExp])[] = [
  [
    'money that came from nowhere',
    "update accounts set balance = balance + 1 where kind = 'available' and owner = $1",
    /^the sum of all accounts: /,
  ],
  [
    'money that went to another user',
    "update accounts set balance = balance + case when owner = $1 then -1 else 1 end where kind = 'available' and sequence > 0",
    /^every balance against its operations: available .* has balance .*, not balance /,
  ],
  [
    "a sequence that doesn't count the operations",
    "update accounts set sequence = sequence + 1 where kind = 'available' and owner = $1",
    /^every balance against its operations: .* sequence \d+, not balance .* sequence \d+$/,
  ],
  [
    'an amount',
    "update operations set amount = amount + 1 where type = 'transfer' and $1 <> ''",
    /^every balance after an operation, and the sequences: /,
  ],
  [
    'a balance after an operation',
    "update operations set credit_balance = credit_balance + 1 where type = 'deposit' and credit_account = (select id from accounts where owner = $1 and kind = 'available')",
    /^every balance after an operation, and the sequences: operation .* has balance /,
  ],
  [
    'two operations that changed places',
    `update operations o set debit_sequence = 13 - debit_sequence where debit_account = (select id from accounts where owner = $1 and kind = 'available') and debit_sequence in (6, 7)`,
    /^every balance after an operation, and the sequences: /,
  ],
  [
    'a sequence with a gap',
    "update operations set debit_sequence = 1000 where type = 'withdraw' and rejection is null and $1 <> ''",
    /^every balance after an operation, and the sequences: .* sequence 1000, not /,
  ],
  [
    'an operation that is gone',
    "delete from operations where type = 'withdraw' and $1 <> ''",
    /^positions, cursors and outcomes: /,
  ],
  [
    'a refusal that is gone',
    "delete from operations where rejection is not null and $1 <> ''",
    /^positions, cursors and outcomes: /,
  ],
  [
    'what was released from a hold',
    "update holds set released = released - 1 where released > 0 and $1 <> ''",
    /^holds against reserved balances: reserved /,
  ],
  ['a hold that is gone', "delete from holds where captured = 0 and $1 <> ''", /^holds against reserved balances: /],
  [
    'what was captured, moved to another service',
    "update hold_captures set service_id = 'other' where service_id = 'b' and $1 <> ''",
    /^captures and refunds against holds: order .* service (b|other) has /,
  ],
  [
    'what was refunded',
    "update hold_captures set refunded = refunded - 1 where refunded > 0 and $1 <> ''",
    /^captures and refunds against holds: /,
  ],
  [
    'what was captured from a hold in all',
    "update holds set captured = captured - 1, released = released + 1 where captured > 0 and $1 <> ''",
    /^captures and refunds against holds: hold /,
  ],
  [
    'a cursor that ran ahead',
    "update cursors set applied = applied + 1 where applied > 0 and $1 <> ''",
    /^positions, cursors and outcomes: lane /,
  ],
  [
    'a cursor that fell behind',
    "update cursors set applied = applied - 1 where applied > 0 and $1 <> ''",
    /^positions, cursors and outcomes: lane /,
  ],
  [
    'a position that was never given',
    "update lanes set accepted = accepted + 1 where accepted > 0 and $1 <> ''",
    /^positions, cursors and outcomes: lane /,
  ],
  [
    'a job that is gone',
    "delete from jobs where type = 'withdraw' and $1 <> ''",
    /^that nothing was applied which was not accepted: .* no such job/,
  ],
  [
    'a job of another type',
    "update jobs set type = 'refund' where type = 'release' and $1 <> ''",
    /^that nothing was applied which was not accepted: .* has release, not refund/,
  ],
  [
    'an operation that nobody asked for',
    `insert into operations (job_id, line, type, amount, debit_account, credit_account, debit_balance, credit_balance, debit_sequence, credit_sequence, applied_at)
     select gen_random_uuid(), 0, type, amount, debit_account, credit_account, debit_balance, credit_balance, debit_sequence, credit_sequence, applied_at
       from operations where type = 'transfer' and $1 <> '' limit 1`,
    /^that nothing was applied which was not accepted: .* no such job/,
  ],
  [
    'a job that never had its outcome, though it was accepted long ago',
    "insert into jobs select gen_random_uuid(), api_key, null, type, user_id, lane, priority, position + 1000, request, now() - interval '2 minutes' from jobs where $1 <> '' limit 1",
    /^that every job has its outcome: job .* has no outcome at position 10\d\d .*, not one$/,
  ],
  [
    'a job whose outcome is gone',
    "delete from operations where type = 'withdraw' and $1 <> ''",
    /^that every job has its outcome: job .* has no outcome at position /,
  ],
  [
    'an outcome that came before its turn',
    "update cursors set applied = applied - 1 where applied > 0 and $1 <> ''",
    /^that every job has its outcome: job .* has an outcome at position .*, not none: the cursor is at \d+$/,
  ],
  [
    'a job that was applied twice',
    `insert into operations (job_id, line, type, amount, debit_account, credit_account, debit_balance, credit_balance, debit_sequence, credit_sequence, applied_at)
     select job_id, 1, type, amount, debit_account, credit_account, debit_balance, credit_balance, debit_sequence, credit_sequence, applied_at
       from operations where type = 'transfer' and $1 <> ''`,
    /^that nothing was applied twice: job .* has 2 outcomes, up to line 1, not 1, up to line 0$/,
  ],
  [
    'a line of a capture that is gone',
    "delete from operations where type = 'capture' and line = 1 and $1 <> ''",
    /^that nothing was applied twice: job .* has 1 outcomes, up to line 0, not 2, up to line 1$/,
  ],
  [
    'another amount than was asked for',
    "update operations set amount = amount + 1 where type = 'transfer' and $1 <> ''",
    /^that what was applied is what was asked for: operation .* has 70001 from available .* to available .*, not \{.*"amount":"7"/,
  ],
  [
    'another receiver than was asked for',
    "update operations set credit_account = (select id from accounts where owner = $1 and kind = 'reserved') where type = 'transfer'",
    /^that what was applied is what was asked for: operation .* from available .* to reserved /,
  ],
  [
    'what was reserved for a hold',
    "update holds set reserved = reserved + 1 where captured = 0 and $1 <> ''",
    /^holds against what was reserved and released: hold .* has reserved 50001, released 0, not reserved 50000, released 0$/,
  ],
];

describe('Verifying the books', () => {
  let ledger: TestLedger;
  const [ann, bob, order] = [fresh('ann'), fresh('bob'), fresh('order')];

  before(async () => {
    ledger = await TestLedger.create(2);
    await ledger.finish(
      deposit(ann, '100'),
      deposit(bob, '50'),
      reserve(ann, order, '30'),
      reserve(ann, order, '5', { service_id: 'own' }),
      withdraw(bob, '500'),
    );
    await ledger.finish(
      capture(ann, order, {
        lines: [
          { service_id: 'a', amount: '10' },
          { service_id: 'b', amount: '5' },
        ],
      }),
      refund(ann, order, 'a', { amount: '2' }),
      release(ann, order, { amount: '3' }),
      transfer(ann, bob, '7'),
      withdraw(ann, '1'),
    );
    await ledger.sql(
      `create schema kept; ${TABLES.map((table) => `create table kept.${table} as table ${table}`).join(';')}`,
    );
  });

  /** Each test finds the same books, without a database of its own, which would take longer than all it does. */
  afterEach(() =>
    ledger.corrupt(
      TABLES.map(
        (table) => `delete from ${table}; insert into ${table} overriding system value table kept.${table}`,
      ).join(';'),
    ),
  );

  after(() => ledger.close());

  const differences = async (): Promise<readonly string[]> => (await verify(ledger.database)).differences;

  it('finds nothing in books that are right, says what it looks at, and counts', async () => {
    const progress: string[] = [];
    const verified = await verify(ledger.database, (text) => progress.push(text));
    expect(verified.differences).to.deep.equal([]);
    expect(progress).to.have.length.greaterThan(5);
    expect(verified.summary).to.include({ jobs: 10, completed: 9, rejected: 1, queued: 0, holds: 2 });
  });

  it('looks at large books part by part, and finds in these what it finds in the whole', async () => {
    await ledger.corrupt('update operations set debit_sequence = debit_sequence + 1 where debit_sequence > 1');
    const progress: string[] = [];
    const whole = await verify(ledger.database);
    const parts = await verify(ledger.database, (text) => progress.push(text), 3);
    expect(progress.filter((text) => / part [1-4] of 4$/.test(text))).to.have.length(4);
    expect([...parts.differences].sort()).to.deep.equal([...whole.differences].sort()).and.not.to.be.empty;
  });

  it('finds nothing in books without any operation, or with work in flight', async () => {
    await ledger.accept(deposit(ann, '1'), withdraw(bob, '1'));
    const empty = await TestLedger.create(3);
    expect((await verify(empty.database)).differences).to.deep.equal([]);
    await empty.close();
    const verified = await verify(ledger.database);
    expect(verified.differences).to.deep.equal([]);
    expect(verified.summary).to.include({ queued: 2 });
  });

  it('finds nothing while operations are accepted and applied', async () => {
    const other = ledger.another();
    let isWorking = true;
    const working = (async () => {
      for (let times = 0; times < 10; times += 1) {
        await other.accept(deposit(fresh('user'), '2'), transfer(bob, ann, '1'), withdraw(ann, '1'));
        await other.applyAll(1);
      }
      isWorking = false;
    })();
    while (isWorking) expect(await differences()).to.deep.equal([]);
    await working;
    await other.close();
  });

  for (const [what, statement, expected] of CORRUPTIONS) {
    it(`finds ${what}`, async () => {
      await ledger.corrupt(statement, ann);
      expect(
        (await differences()).filter((difference) => expected.test(difference)),
        (await differences()).join('\n'),
      ).not.to.deep.equal([]);
    });
  }

  it('names a hundred differences of a kind, and of more only how many', async () => {
    const users = Array.from({ length: 130 }, () => fresh('user'));
    await ledger.finish(...users.map((user) => deposit(user, '1')));
    await ledger.corrupt("update accounts set sequence = sequence + 1 where owner like 'user-%' and $1 <> ''", ann);
    const found = await differences();
    expect(found).to.have.length(101);
    expect(found.at(-1)).to.match(/: 30 more$/);
  });
});
