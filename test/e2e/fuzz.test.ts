import { OPERATION_TYPES } from '@saldo/ledger';
import { expect } from 'chai';
import fc from 'fast-check';
import { describeOnBothQueues, expectBooksInOrder } from '../support/both-queues.js';
import { fresh } from '../support/operations.js';

const FIELDS = [
  'user_id',
  'from_user_id',
  'to_user_id',
  'order_id',
  'service_id',
  'wallet',
  'from_wallet',
  'to_wallet',
  'amount',
  'lines',
  'priority',
];
const MORE_FIELDS = ['description', 'metadata', 'idempotency_key', 'type', '__proto__', 'constructor', 'status'];

const id = fc.constantFrom('1', '2', '3', 'main', 7, '');
const amount = fc.oneof(
  fc.constantFrom<unknown>('1', '0.0001', 2.5, '100000000000', '0', -1, 1e300),
  fc.bigInt({ min: 1n, max: 20_000n }).map((units) => `${units / 100n}.${String(units % 100n).padStart(2, '0')}`),
);
const line = fc.record({ service_id: id, amount }, { requiredKeys: [] });

/** Values that mean something somewhere, so that many operations are nearly right and some are. */
const value = fc.oneof(
  { weight: 6, arbitrary: id },
  { weight: 4, arbitrary: amount },
  { weight: 2, arbitrary: fc.array(line, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.constantFrom(...OPERATION_TYPES, 'high', 'low') },
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
);

/** The fields of each type as they should be, and a few changes to them. */
const RIGHT: Readonly<Record<string, fc.Arbitrary<object>>> = {
  deposit: fc.record({ user_id: id, amount }),
  withdraw: fc.record({ user_id: id, amount }),
  transfer: fc.record({ from_user_id: id, to_user_id: id, amount }),
  reserve: fc.record(
    { user_id: id, order_id: id, service_id: id, amount },
    { requiredKeys: ['user_id', 'order_id', 'amount'] },
  ),
  capture: fc.record({ user_id: id, order_id: id, lines: fc.array(line, { minLength: 1, maxLength: 3 }) }),
  release: fc.record({ user_id: id, order_id: id, amount }, { requiredKeys: ['user_id', 'order_id'] }),
  refund: fc.record({ user_id: id, order_id: id, service_id: id }),
};

const changes = fc.dictionary(fc.constantFrom(...FIELDS, ...MORE_FIELDS), value, { maxKeys: 2 });
const operation = fc
  .constantFrom(...Object.keys(RIGHT))
  .chain((type) =>
    fc.tuple(
      fc.constant(type),
      RIGHT[type] ?? fc.constant({}),
      fc.oneof({ weight: 2, arbitrary: fc.constant({}) }, changes),
    ),
  )
  .map(([type, fields, changed]) => ({ type, ...fields, ...changed }));

const anything = fc.oneof({ weight: 4, arbitrary: operation }, { weight: 1, arbitrary: fc.jsonValue() });
const anyBatch = fc.oneof(
  { weight: 4, arbitrary: fc.array(operation, { minLength: 1, maxLength: 20 }).map((operations) => ({ operations })) },
  { weight: 1, arbitrary: fc.array(anything, { maxLength: 5 }).map((operations) => ({ operations })) },
  { weight: 1, arbitrary: fc.jsonValue() },
);

describeOnBothQueues('Whatever JSON is sent', (saldo) => {
  const headers = fc.constantFrom({}, { prefer: 'wait=5' }, { 'idempotency-key': fresh('fuzz') });

  for (const [path, body, numRuns] of [
    ['/v1/operations', anything, 500],
    ['/v1/operations/batch', anyBatch, 200],
  ] as const) {
    it(`POST ${path} is answered by the contract, and the books stay in order`, async function () {
      this.timeout(60_000);
      const seen = new Set<number>();
      const property = fc.asyncProperty(body, headers, async (json, more) => {
        const { status } = await saldo.merchant.post(path, json, more);
        seen.add(status);
        expect(status).to.be.oneOf([200, 202, 400, 422]);
      });
      await fc.assert(property, { numRuns });
      expect([...seen]).to.include.members([200, 202, 400]);
      await expectBooksInOrder(saldo.databaseUrl);
    });
  }

  it('or text that may be none', async () => {
    const text = fc.oneof(
      fc.json(),
      fc.string({ unit: 'binary' }),
      fc.json().map((json) => json.slice(1)),
    );
    const property = fc.asyncProperty(
      text,
      fc.constantFrom('/v1/operations', '/v1/operations/batch'),
      async (sent, path) => {
        expect((await saldo.merchant.send('POST', path, { text: sent })).status).to.equal(400);
      },
    );
    await fc.assert(property, { numRuns: 200 });
  });
});
