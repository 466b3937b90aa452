import { expect } from 'chai';
import { describeOnBothQueues } from '../support/both-queues.js';
import type { FieldError, Problem } from '../support/contract.js';
import { TIME } from '../support/contract.js';
import { deposit, fresh } from '../support/operations.js';
import { startReceiver } from '../support/receiver.js';
import { startSaldo } from '../support/saldo.js';
import { runSql } from '../support/sql.js';
import { until } from '../support/until.js';

interface Endpoint {
  readonly id: string;
  readonly url: string;
  readonly enabled: boolean;
  readonly disabled_reason: string | null;
  readonly secret: string;
}

const PATH = '/v1/webhook-endpoints';

describeOnBothQueues('A webhook endpoint', (saldo) => {
  const made: string[] = [];

  async function make(more: object = {}): Promise<Endpoint> {
    const { status, headers, body, text } = await saldo.merchant.post<Endpoint>(PATH, {
      url: 'http://127.0.0.1:1/hook',
      ...more,
    });
    expect(status, text).to.equal(201);
    expect(headers['location']).to.equal(`${PATH}/${body.id}`);
    made.push(body.id);
    return body;
  }

  afterEach(async () => {
    for (const id of made.splice(0)) await saldo.admin.send('DELETE', `${PATH}/${id}`);
  });

  it('is made, read, changed and deleted, and shows its secret once', async () => {
    const { secret, ...endpoint } = await make({ description: 'shop 7', events: ['operation.*'] });
    expect(secret).to.match(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(endpoint).to.deep.include({
      url: 'http://127.0.0.1:1/hook',
      description: 'shop 7',
      events: ['operation.*'],
      enabled: true,
      disabled_at: null,
      failing_since: null,
    });
    const path = `${PATH}/${endpoint.id}`;
    expect((await saldo.merchant.get(path)).body).to.deep.equal(endpoint);
    expect(await saldo.merchant.readAll(`${PATH}?limit=1`)).to.deep.include(endpoint);
    const changed = await saldo.merchant.send('PATCH', path, {
      json: { url: 'http://127.0.0.1:2/', events: ['report.failed'], description: '', enabled: false },
    });
    expect(changed.body).to.deep.include({
      url: 'http://127.0.0.1:2/',
      events: ['report.failed'],
      description: '',
      enabled: false,
      disabled_reason: 'requested',
    });
    expect((await saldo.merchant.send('DELETE', path)).status).to.equal(204);
    for (const method of ['GET', 'PATCH', 'DELETE'])
      expect((await saldo.merchant.send(method, path, method === 'PATCH' ? { json: {} } : {})).status).to.equal(404);
    expect(await saldo.merchant.readAll<Endpoint>(PATH)).not.to.deep.include(endpoint);
  });

  it("is its maker's: another merchant sees none of it, an accountant sees it, an admin changes it", async () => {
    const { id } = await make();
    const path = `${PATH}/${id}`;
    const change = { json: { description: 'mine' } };
    const asked = [
      ['GET', path, {}],
      ['GET', `${path}/deliveries`, {}],
      ['PATCH', path, change],
      ['POST', `${path}/test`, {}],
      ['POST', `${path}/rotate-secret`, {}],
      ['POST', `${path}/replay`, { json: { since: '2026-01-01T00:00:00Z' } }],
      ['DELETE', path, {}],
    ] as const;
    const statuses = async (client: typeof saldo.merchant): Promise<number[]> => {
      const found: number[] = [];
      for (const [method, at, sent] of asked) found.push((await client.send(method, at, sent)).status);
      return found;
    };
    expect(await statuses(saldo.otherMerchant)).to.deep.equal(asked.map(() => 404));
    expect(await statuses(saldo.accountant)).to.deep.equal([200, 200, 403, 403, 403, 403, 403]);
    expect(await statuses(saldo.admin)).to.deep.equal([200, 200, 200, 202, 200, 202, 204]);
  });

  for (const [body, pointers] of [
    [{}, ['/url']],
    [{ url: 'example.com', events: [], secret: 'mine' }, ['/url', '/events', '/secret']],
    [{ url: 'http://me:secret@127.0.0.1/', events: ['operation.*', 'money.*'] }, ['/url', '/events/1']],
    [{ url: 7, events: ['*', '*'], description: 'x'.repeat(257) }, ['/url', '/events/1', '/description']],
    [null, ['']],
  ] as const) {
    it(`is refused, with every bad field, for ${JSON.stringify(body).slice(0, 60)}`, async () => {
      const { status, body: problem } = await saldo.merchant.post<{ errors: FieldError[] }>(PATH, body);
      expect(status).to.equal(400);
      expect(problem.errors.map(({ pointer }) => pointer)).to.have.members(pointers);
    });
  }

  for (const id of ['0', 'x', '99999999', '99999999999999999999', '%00', '1.0']) {
    it(`that there is not is not found: ${id}`, async () => {
      for (const path of [`${PATH}/${id}`, `${PATH}/${id}/deliveries`])
        expect((await saldo.admin.get<Problem>(path)).body.code, path).to.equal('not_found');
      expect((await saldo.admin.send('POST', `/v1/webhook-deliveries/${id}/retry`)).status).to.equal(404);
    });
  }

  it('that is inside is refused unless that is allowed', async () => {
    const strict = await startSaldo(['gateway'], { ...saldo.env, SALDO_ALLOW_PRIVATE_WEBHOOKS: '' });
    const client = saldo.merchant.at(strict.url);
    for (const url of ['http://example.com/', 'https://127.1/', 'https://localhost/', 'https://[::ffff:7f00:1]/']) {
      const { status, body } = await client.post<{ errors: FieldError[] }>(PATH, { url });
      expect({ status, pointer: body.errors[0]?.pointer }, url).to.deep.equal({ status: 400, pointer: '/url' });
    }
    const { status, body } = await client.post<Endpoint>(PATH, { url: 'https://example.com/hook' });
    expect(status).to.equal(201);
    made.push(body.id);
    await strict.stop();
  });

  it('needs a key to keep its secret with, the one that all servers have', async () => {
    const keyless = await startSaldo(['gateway'], { ...saldo.env, SALDO_SECRET_KEY: '' });
    const { status, body } = await saldo.merchant.at(keyless.url).post<Problem>(PATH, { url: 'http://127.0.0.1:1/' });
    expect({ status, code: body.code }).to.deep.equal({ status: 501, code: 'not_configured' });
    expect(body.detail).to.include('SALDO_SECRET_KEY');
    await keyless.stop();
    await make();
    const other = Buffer.alloc(32, 'another').toString('base64');
    const ended = await startSaldo(['gateway'], { ...saldo.env, SALDO_SECRET_KEY: other }).catch(String);
    expect(ended).to.match(/saldo: SALDO_SECRET_KEY takes the key/);
  });

  it('that failed for five days is disabled, and what it missed can be had again', async () => {
    let isDown = true;
    const receiver = await startReceiver((_received, response) => void response.writeHead(isDown ? 500 : 204).end());
    const { id } = await make({ url: receiver.url });
    const path = `${PATH}/${id}`;
    const job = await saldo.merchant.finish(deposit(fresh('user'), '1'));
    await until(
      'it has failed',
      async () => (await saldo.merchant.get<{ failing_since: string | null }>(path)).body.failing_since ?? undefined,
    );
    await runSql(
      saldo.databaseUrl,
      `update webhook_states set failing_since = now() - interval '5 days' where endpoint_id = $1`,
      [id],
    );
    await saldo.merchant.send('POST', `${path}/test`);
    await until(
      'it is disabled',
      async () => (await saldo.merchant.get<Endpoint>(path)).body.disabled_reason === 'failing',
    );
    const { body } = await saldo.merchant.get<{ data: { id: string; event_id: string; status: string }[] }>(
      `${path}/deliveries`,
    );
    expect(body.data.map(({ status }) => status)).to.deep.equal(['failed', 'failed']);
    isDown = false;
    await saldo.merchant.send('PATCH', path, { json: { enabled: true } });
    const missed = body.data.find((one) => one.event_id === job.id);
    await saldo.merchant.send('POST', `/v1/webhook-deliveries/${missed?.id}/retry`);
    await until(
      'it is delivered',
      async () => (await saldo.merchant.readAll(`${path}/deliveries?status=delivered`)).length === 1,
    );
  });

  it('that is dead, or never answers, delays no other', async () => {
    const stalled = await startReceiver(() => undefined);
    const good = await startReceiver();
    await make();
    await make({ url: stalled.url });
    await make({ url: good.url });
    const user = fresh('user');
    const jobs = await saldo.merchant.finishAll(Array.from({ length: 300 }, () => deposit(user, '1')));
    await until('all that is good has arrived', () => good.received.length >= jobs.length);
    expect(new Set(good.received.map((one) => one.id))).to.deep.equal(new Set(jobs.map((job) => job.id)));
    // A few at a time, each of which may take its 15 seconds.
    expect(stalled.received.length).to.be.at.most(10);
  });

  it('that is dead is tried again now and then, and hears everything once it is back', async () => {
    let isDown = true;
    const receiver = await startReceiver((_received, response) => void response.writeHead(isDown ? 500 : 204).end());
    await make({ url: receiver.url });
    const user = fresh('user');
    const jobs = await saldo.merchant.finishAll(Array.from({ length: 100 }, () => deposit(user, '1')));
    await until('it is left alone', () => receiver.received.length >= 10);
    const tried = receiver.received.length;
    expect(tried).to.be.at.most(25);
    isDown = false;
    const arrived = (): Set<string> => new Set(receiver.received.slice(tried).map((one) => one.id));
    await until('all have arrived', () => arrived().size === jobs.length, { timeoutMs: 20_000 });
    expect(receiver.received[0]?.headers['webhook-timestamp']).to.match(/^\d{10}$/);
    expect(jobs[0]?.created_at).to.match(TIME);
  });
});
