import { connectDatabase, Snapshot, type Database } from '@saldo/store';
import { expect } from 'chai';
import fc from 'fast-check';
import { TestLedger } from '../support/test-ledger.js';

type Pair = readonly [string, string | null];

describe('A snapshot of the ledger', () => {
  let ledger: TestLedger;
  let database: Database;

  before(async () => {
    ledger = await TestLedger.create();
    database = connectDatabase(ledger.url, { poolMax: 1, name: 'test-snapshot', isService: true, isPatient: true });
  });

  after(async () => {
    await database.close();
    await ledger.close();
  });

  const read = <Row extends readonly (string | null)[]>(text: string, values: unknown[] = []): Promise<Row[]> =>
    Snapshot.run(database, async (snapshot) => {
      const all: Row[] = [];
      for await (const rows of snapshot.stream<Row>({ text, values })) all.push(...rows);
      return all;
    });

  it('streams any text as it is, and tells null from text', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom('\\', 'N', 'n', '\t', '\n', '\r', '\b', '\f', '\v', "'", '$', '1', ';', 'ж') }),
    );
    await fc.assert(
      fc.asyncProperty(
        text.filter((one) => !one.includes('\0')),
        text.filter((one) => !one.includes('\0')),
        async (first, second) => {
          const rows = await read<readonly (string | null)[]>('select $1::text, null, $2::text', [first, second]);
          expect(rows).to.deep.equal([[first, null, second]]);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('streams more rows than fit into memory at once, in order, whole', async () => {
    const rows = await read<Pair>(
      "select n, case when n % 3 = 0 then null else repeat('ж' || chr(9), (n % 50)::int) end from generate_series(1, 50000) n order by n",
    );
    expect(rows).to.have.length(50_000);
    rows.forEach(([number, text], index) => {
      const n = index + 1;
      expect(number).to.equal(String(n));
      expect(text).to.equal(n % 3 === 0 ? null : 'ж\t'.repeat(n % 50));
    });
  });

  it('lets its reader stop in the middle, and says what Postgres says', async () => {
    await Snapshot.run(database, async (snapshot) => {
      for await (const rows of snapshot.stream({ text: 'select * from generate_series(1, 1000000)' })) {
        expect(rows[0]).to.deep.equal(['1']);
        break;
      }
    });
    const failure = await read('select 1 / (3 - n) from generate_series(1, 5) n').catch((error: unknown) => error);
    expect(failure).to.be.an('error').with.property('message', 'division by zero');
    expect(await read('select 1')).to.deep.equal([['1']]);
  });
});
