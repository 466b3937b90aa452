import { expect } from 'chai';
import { describeOnBothQueues } from '../support/both-queues.js';
import type { Client } from '../support/client.js';
import { TIME, type FieldError, type Problem } from '../support/contract.js';
import { deposit, fresh } from '../support/operations.js';
import { until } from '../support/until.js';

interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly created_at: string;
  readonly key?: string;
}

const ROUTES = [
  ['POST', '/v1/operations'],
  ['POST', '/v1/operations/batch'],
  ['GET', '/v1/jobs'],
  ['GET', '/v1/jobs/00000000-0000-0000-0000-000000000000'],
  ['GET', '/v1/users/1/balance'],
  ['GET', '/v1/users/1/operations'],
  ['GET', '/v1/services'],
  ['PUT', '/v1/services/1'],
  ['POST', '/v1/api-keys'],
  ['GET', '/v1/api-keys'],
  ['DELETE', '/v1/api-keys/1'],
  ['POST', '/v1/webhook-endpoints'],
  ['GET', '/v1/webhook-endpoints'],
  ['GET', '/v1/webhook-endpoints/1'],
  ['PATCH', '/v1/webhook-endpoints/1'],
  ['DELETE', '/v1/webhook-endpoints/1'],
  ['POST', '/v1/webhook-endpoints/1/rotate-secret'],
  ['POST', '/v1/webhook-endpoints/1/test'],
  ['POST', '/v1/webhook-endpoints/1/replay'],
  ['GET', '/v1/webhook-endpoints/1/deliveries'],
  ['POST', '/v1/webhook-deliveries/1/retry'],
  ['GET', '/v1/events'],
  ['GET', '/v1/nothing'],
  ['GET', '/'],
] as const;

describeOnBothQueues('Without a valid key', (saldo) => {
  for (const [method, path] of ROUTES) {
    it(`${method} ${path} is unauthorized`, async () => {
      for (const headers of [
        {},
        { authorization: '' },
        { authorization: 'Bearer' },
        { authorization: 'Bearer ' },
        { authorization: 'Bearer wrong' },
        { authorization: `Bearer ${'x'.repeat(5_000)}` },
        { authorization: 'Bearer the admin key' },
        { authorization: 'Basic dGhlLWFkbWluLWtleS1vZi10aGUtdGVzdHM6' },
        { authorization: 'the-admin-key-of-the-tests' },
      ]) {
        const { status, headers: answered, body } = await saldo.stranger(headers).send<Problem>(method, path);
        expect({ status, code: body.code }, JSON.stringify(headers)).to.deep.equal({
          status: 401,
          code: 'unauthorized',
        });
        expect(answered['www-authenticate']).to.match(/^Bearer\b/);
      }
    });
  }

  it('a malformed or large body is not even looked at', async () => {
    for (const text of ['{', 'x'.repeat(3_000_000)]) {
      expect((await saldo.stranger().send('POST', '/v1/operations', { text })).status).to.equal(401);
    }
  });

  it('the health of a gateway can be asked', async () => {
    for (const path of ['/healthz', '/readyz']) expect((await saldo.stranger().get(path)).status).to.equal(200);
  });
});

describeOnBothQueues('A role', (saldo) => {
  const service = { json: { name: 'Wash' } };
  const operation = { json: deposit('nobody', '-1') };
  const forbidden: readonly (readonly [string, () => Client, string, string, object])[] = [
    ['an accountant', () => saldo.accountant, 'POST', '/v1/operations', operation],
    ['an accountant', () => saldo.accountant, 'POST', '/v1/operations/batch', { json: { operations: [] } }],
    ['an accountant', () => saldo.accountant, 'PUT', '/v1/services/1', service],
    ['an accountant', () => saldo.accountant, 'GET', '/v1/api-keys', {}],
    ['an accountant', () => saldo.accountant, 'POST', '/v1/api-keys', { json: { name: 'n', role: 'admin' } }],
    ['an accountant', () => saldo.accountant, 'DELETE', '/v1/api-keys/1', {}],
    ['a merchant', () => saldo.merchant, 'PUT', '/v1/services/1', service],
    ['a merchant', () => saldo.merchant, 'GET', '/v1/api-keys', {}],
    ['a merchant', () => saldo.merchant, 'POST', '/v1/api-keys', { json: { name: 'n', role: 'admin' } }],
    ['a merchant', () => saldo.merchant, 'DELETE', '/v1/api-keys/1', {}],
  ];
  for (const [who, client, method, path, sent] of forbidden) {
    it(`lets ${who} not ${method} ${path}`, async () => {
      const { status, body } = await client().send<Problem>(method, path, sent);
      expect({ status, code: body.code }).to.deep.equal({ status: 403, code: 'forbidden' });
    });
  }

  it('lets a merchant and an admin submit', async () => {
    for (const client of [saldo.merchant, saldo.admin]) {
      expect((await client.submit(deposit(fresh('user'), '1'))).status).to.equal(202);
      expect((await client.submitBatch([deposit(fresh('user'), '1')])).status).to.equal(202);
    }
  });

  it('lets all read balances, and accountants and admins all that there is', async () => {
    const user = fresh('user');
    const job = await saldo.merchant.finish(deposit(user, '1'));
    const everything = [
      `/v1/users/${user}/balance`,
      `/v1/users/${user}/operations`,
      '/v1/jobs',
      `/v1/jobs/${job.id}`,
      '/v1/services',
    ];
    for (const client of [saldo.accountant, saldo.admin]) {
      for (const path of everything) expect((await client.get(path)).status, path).to.equal(200);
    }
    expect((await saldo.otherMerchant.get(`/v1/users/${user}/balance`)).status).to.equal(200);
  });
});

describeOnBothQueues('An API key', (saldo) => {
  async function make(name: string, role: string): Promise<ApiKey & { key: string }> {
    const { status, headers, body } = await saldo.admin.post<ApiKey & { key: string }>('/v1/api-keys', { name, role });
    expect(status).to.equal(201);
    expect(headers['location']).to.equal(`/v1/api-keys/${body.id}`);
    return body;
  }

  it('is shown once, when it is made', async () => {
    const made = await make('shop 7', 'merchant');
    expect(made).to.include({ name: 'shop 7', role: 'merchant' });
    expect(made.created_at).to.match(TIME);
    expect(made.key).to.match(/^[\x21-\x7e]{32,}$/);
    const { text } = await saldo.admin.get('/v1/api-keys?limit=200');
    expect(text).not.to.include(made.key);
    const listed = await saldo.admin.readAll<ApiKey>('/v1/api-keys?limit=1');
    expect(listed.find(({ id }) => id === made.id)).to.deep.include({
      name: 'shop 7',
      role: 'merchant',
      created_at: made.created_at,
    });
    for (const one of listed) expect(one).not.to.have.any.keys('key', 'hash');
  });

  for (const [role, status] of [
    ['merchant', 202],
    ['accountant', 403],
    ['admin', 202],
  ] as const) {
    it(`of the role ${role} works at once`, async () => {
      const { key } = await make(fresh('key'), role);
      expect((await saldo.withKey(key).submit(deposit(fresh('user'), '1'))).status).to.equal(status);
    });
  }

  it('is refused from the moment it is revoked, and is in the list no more', async () => {
    const { id, key } = await make('leaver', 'merchant');
    const leaver = saldo.withKey(key);
    const user = fresh('user');
    const { body } = await leaver.submit(deposit(user, '1'));
    const revoked = await saldo.admin.send('DELETE', `/v1/api-keys/${id}`);
    expect({ status: revoked.status, text: revoked.text }).to.deep.equal({ status: 204, text: '' });
    // Another gateway hears of it over the bus.
    await until('nobody lets them in', async () => {
      const answers = [await leaver.get('/v1/jobs'), await leaver.get('/v1/jobs')];
      return answers.every(({ status }) => status === 401);
    });
    expect((await leaver.submit(deposit(user, '1'))).status).to.equal(401);
    expect((await saldo.admin.readAll<ApiKey>('/v1/api-keys')).map((one) => one.id)).not.to.include(id);
    expect((await saldo.admin.send('DELETE', `/v1/api-keys/${id}`)).status).to.equal(404);
    // What they had sent is applied all the same.
    expect(await saldo.admin.job(body.id, 30)).to.include({ status: 'completed' });
  });

  for (const id of ['0', '-1', '999999999', '99999999999999999999', 'x', '1e0', '%00', "1'--", '1.0']) {
    it(`that there is not can't be revoked: ${id}`, async () => {
      expect((await saldo.admin.send('DELETE', `/v1/api-keys/${id}`)).status).to.equal(404);
    });
  }

  it('is made for a name and a role that there is, with no more fields', async () => {
    for (const [body, pointers] of [
      [{}, ['/name', '/role']],
      [{ name: '', role: 'root' }, ['/name', '/role']],
      [{ name: 'x'.repeat(129), role: 'Admin' }, ['/name', '/role']],
      [{ name: 7, role: null }, ['/name', '/role']],
      [{ name: 'a\u0000b', role: ['admin'] }, ['/name', '/role']],
      [{ name: '\ud800', role: 'admin', key: 'mine' }, ['/name', '/key']],
      [null, ['']],
      [[], ['']],
    ] as const) {
      const answer = await saldo.admin.post<{ errors: FieldError[] }>('/v1/api-keys', body);
      expect(answer.status, JSON.stringify(body)).to.equal(400);
      expect(answer.body.errors.map(({ pointer }) => pointer)).to.have.members([...pointers]);
    }
  });
});
