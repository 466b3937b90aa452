import { expect } from 'chai';
import { describeOnBothQueues } from '../support/both-queues.js';
import { deposit, fresh } from '../support/operations.js';

const BAD_IDS = [
  ..."%00 ..%2f..%2fetc '%3B-- %F0%9F%92%A9 -1 1e3 null a%20b %ED%A0%80 %E0%A4%A % %2525 * ~ @".split(' '),
  '9'.repeat(30),
  'x'.repeat(5_000),
];

/** What no list takes. */
const BAD_QUERIES = [
  ...'limit=0 limit=-1 limit=201 limit=1.5 limit=all limit= limit=1&limit=2 limit=9007199254740993 limit=1e9'.split(
    ' ',
  ),
  ...'limit[]=1 limit=%00 cursor= cursor=x cursor=%00 cursor=bnVsbA cursor=W10 cursor=WyJhIiwiYiJd'.split(' '),
  ...'cursor=a&cursor=b cursor[]=x page=2 Limit=1 __proto__=1 __proto__[limit]=1 constructor=1 =1 %00=1'.split(' '),
  'a%ED%A0%80=1',
  `cursor=${'A'.repeat(600)}`,
];

const BAD_JOB_FILTERS = [
  ...'status=done status= status=queued&status=queued type= user_id= user_id=a%20b'.split(' '),
  'user_id=a&user_id=b',
  `user_id=${'x'.repeat(65)}`,
];

const BAD_HISTORY_FILTERS = [
  ...'sort=name sort= sort=--amount sort=amount&sort=amount type=none from= from=yesterday from=%00'.split(' '),
  ...'from=2026-11-21 from=1700000000 to=2026-01-01T00:00:00 from=2026-01-01T00:00:00Z&from=2026-01-01T00:00:00Z'.split(
    ' ',
  ),
  ...'from=2026-02-30T00:00:00Z from=2026-13-01T00:00:00Z to=2026-11-31T00:00:00Z to=0000-01-01T00:00:00Z'.split(' '),
  ...'to=2026-01-01T25:00:00Z to=2026-01-01T00:60:00Z to=2026-01-01T00:00:00%2B99:99'.split(' '),
  'to=2026-01-01T00:00:00%2B24:00',
];

describeOnBothQueues('No id and no query in a path is answered otherwise than by the contract:', (saldo) => {
  const user = fresh('user');

  before(() => saldo.merchant.given(deposit(user, '1')));

  for (const [method, path] of [
    ['GET', '/v1/jobs/:id'],
    ['GET', '/v1/users/:id/balance'],
    ['GET', '/v1/users/:id/operations'],
    ['DELETE', '/v1/api-keys/:id'],
    ['PUT', '/v1/services/:id'],
  ] as const) {
    it(`${method} ${path} with garbage for an id`, async () => {
      for (const id of BAD_IDS) {
        const { status } = await saldo.admin.send(
          method,
          path.replace(':id', id),
          method === 'PUT' ? { json: {} } : {},
        );
        expect(status, id).to.be.oneOf([400, 404]);
      }
    });
  }

  for (const path of ['/v1/jobs', '/v1/services', '/v1/api-keys', '/v1/users/:id/operations']) {
    it(`GET ${path} with garbage for a query`, async () => {
      for (const query of BAD_QUERIES) {
        const { status, text } = await saldo.admin.get(`${path.replace(':id', user)}?${query}`);
        expect(status, `${query} ${text}`).to.equal(400);
      }
    });
  }

  for (const [path, queries] of [
    ['/v1/jobs', BAD_JOB_FILTERS],
    ['/v1/users/:id/operations', BAD_HISTORY_FILTERS],
    ['/v1/users/:id/balance', ['wallet=main', 'limit=1']],
  ] as const) {
    it(`GET ${path} with filters that it doesn't take`, async () => {
      for (const query of queries) {
        const { status, text } = await saldo.admin.get(`${path.replace(':id', user)}?${query}`);
        expect(status, `${query} ${text}`).to.equal(400);
      }
    });
  }

  it('times at the edges of what there is', async () => {
    for (const time of [
      '0001-01-01T00:00:00Z',
      '9999-12-31T23:59:59.999999999Z',
      '2024-02-29T12:00:00%2B14:00',
      '2026-01-01T00:00:00-12:00',
      '2016-12-31T23:59:60Z',
    ]) {
      const { status, text } = await saldo.admin.get(`/v1/users/${user}/operations?from=${time}&to=${time}`);
      expect(status, `${time} ${text}`).to.be.oneOf([200, 400]);
    }
  });

  it('cursors that look like a list gave them out', async () => {
    const forged = (...parts: unknown[]): string => Buffer.from(JSON.stringify(parts)).toString('base64url');
    for (const [path, cursor] of [
      ['/v1/jobs', forged('ffffffff-ffff-ffff-ffff-ffffffffffff')],
      ['/v1/jobs', forged("'; drop table jobs; --")],
      ['/v1/services', forged('\u0000')],
      ['/v1/services', forged('zzz')],
      ['/v1/api-keys', forged('999999999')],
      ['/v1/api-keys', forged('99999999999999999999')],
      ['/v1/users/:id/operations', forged('-created_at', '999999999999999999', 'debit', '999999999999999999')],
      ['/v1/users/:id/operations', forged('-created_at', '99999999999999999999', 'debit', '1')],
      ['/v1/users/:id/operations', forged('-created_at', '1', 'both', '1')],
      ['/v1/users/:id/operations', forged('-created_at', 1, 'debit', 1)],
    ] as const) {
      const { status, text } = await saldo.admin.get(`${path.replace(':id', user)}?cursor=${cursor}`);
      expect(status, `${path} ${text}`).to.be.oneOf([200, 400]);
    }
  });
});
