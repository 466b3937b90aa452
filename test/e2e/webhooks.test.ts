import { expect } from 'chai';
import { Webhook } from 'standardwebhooks';
import { describeOnBothQueues } from '../support/both-queues.js';
import type { Client } from '../support/client.js';
import { TIME, type Job, type Page, type Problem } from '../support/contract.js';
import { deposit, fresh, withdraw } from '../support/operations.js';
import { startReceiver, type Received, type Receiver } from '../support/receiver.js';
import { until } from '../support/until.js';

interface Endpoint {
  readonly id: string;
  readonly url: string;
  readonly events: readonly string[];
  readonly enabled: boolean;
  readonly disabled_reason: string | null;
  readonly secret?: string;
}

interface Delivery {
  readonly id: string;
  readonly event_id: string;
  readonly type: string;
  readonly status: string;
  readonly next_attempt_at: string | null;
  readonly attempts: readonly {
    readonly attempted_at: string;
    readonly http_status: number | null;
    readonly duration_ms: number;
    readonly error: string | null;
    readonly response: string;
  }[];
}

const TIMEOUT = { timeoutMs: 15_000 };

describeOnBothQueues('A webhook', (saldo) => {
  const made: (readonly [Client, string])[] = [];

  async function listen(client: Client, receiver: Receiver, more: object = {}): Promise<Endpoint & { secret: string }> {
    const { status, body, text } = await client.post<Endpoint & { secret: string }>('/v1/webhook-endpoints', {
      url: receiver.url,
      ...more,
    });
    expect(status, text).to.equal(201);
    made.push([client, body.id]);
    return body;
  }

  afterEach('nobody listens any more', async () => {
    for (const [client, id] of made.splice(0)) await client.send('DELETE', `/v1/webhook-endpoints/${id}`);
  });

  function untilReceived(receiver: Receiver, id: string, count = 1): Promise<Received[]> {
    return until(
      `event ${id} is received ${count} times`,
      () => {
        const found = receiver.received.filter((one) => one.id === id);
        return found.length >= count && found;
      },
      TIMEOUT,
    );
  }

  async function deliveries(client: Client, { id }: Endpoint, query = ''): Promise<Delivery[]> {
    return client.readAll<Delivery>(`/v1/webhook-endpoints/${id}/deliveries${query}`);
  }

  async function untilDelivery(client: Client, endpoint: Endpoint, eventId: string, status: string): Promise<Delivery> {
    return until(
      `the delivery of ${eventId} is ${status}`,
      async () =>
        (await deliveries(client, endpoint)).find(
          (one) => one.event_id === eventId && one.status === status && one.attempts.length > 0,
        ),
      TIMEOUT,
    );
  }

  it('tells of every outcome with the job as it is read, signed by Standard Webhooks', async () => {
    const receiver = await startReceiver();
    const { secret } = await listen(saldo.merchant, receiver);
    const user = fresh('user');
    const jobs = await saldo.merchant.finishAll([deposit(user, '5'), withdraw(user, '2'), withdraw(user, '99')]);
    for (const job of jobs) {
      const [received] = await untilReceived(receiver, job.id);
      const event = new Webhook(secret).verify(received?.body ?? '', received?.headers as Record<string, string>);
      expect(event).to.deep.equal({ type: `operation.${job.status}`, timestamp: job.finished_at, data: job });
    }
  });

  it('tells a merchant of their own jobs, and accountants and admins of all', async () => {
    const [mine, others, accountants, admins] = await Promise.all(Array.from({ length: 4 }, () => startReceiver()));
    if (!mine || !others || !accountants || !admins) throw new Error('no receivers');
    await listen(saldo.merchant, mine);
    await listen(saldo.otherMerchant, others);
    await listen(saldo.accountant, accountants);
    await listen(saldo.admin, admins);
    const job = await saldo.merchant.finish(deposit(fresh('user'), '1'));
    const theirs = await saldo.otherMerchant.finish(deposit(fresh('user'), '1'));
    for (const receiver of [accountants, admins]) {
      await untilReceived(receiver, job.id);
      await untilReceived(receiver, theirs.id);
    }
    await untilReceived(mine, job.id);
    await untilReceived(others, theirs.id);
    expect(mine.received.map((one) => one.id)).to.deep.equal([job.id]);
    expect(others.received.map((one) => one.id)).to.deep.equal([theirs.id]);
  });

  it('tells of the types that were asked for', async () => {
    const receiver = await startReceiver();
    await listen(saldo.merchant, receiver, { events: ['operation.rejected', 'report.*'] });
    const user = fresh('user');
    const [, refused] = await saldo.merchant.finishAll([deposit(user, '1'), withdraw(user, '2')]);
    await untilReceived(receiver, refused?.id ?? '');
    expect(receiver.received).to.have.length(1);
  });

  it('that is answered with an error is sent again, with the same id, and what came of it can be read', async () => {
    let refusals = 1;
    const receiver = await startReceiver((_received, response) => {
      response.writeHead(refusals-- > 0 ? 500 : 200).end('x'.repeat(5_000));
    });
    const endpoint = await listen(saldo.merchant, receiver);
    const job = await saldo.merchant.finish(deposit(fresh('user'), '1'));
    const pending = await untilDelivery(saldo.merchant, endpoint, job.id, 'pending');
    expect(Date.parse(pending.next_attempt_at ?? '')).to.be.greaterThan(Date.now() + 1_000);
    const [first, second] = await untilReceived(receiver, job.id, 2);
    expect((second?.at ?? 0) - (first?.at ?? 0)).to.be.within(4_900, 12_000);
    const delivered = await untilDelivery(saldo.merchant, endpoint, job.id, 'delivered');
    expect(delivered.attempts.map(({ http_status, error }) => ({ http_status, error }))).to.deep.equal([
      { http_status: 500, error: 'status' },
      { http_status: 200, error: null },
    ]);
    for (const attempt of delivered.attempts) {
      expect(attempt.attempted_at).to.match(TIME);
      expect(attempt.response).to.equal('x'.repeat(4_096));
    }
    expect(delivered.next_attempt_at).to.equal(null);
  });

  it('waits as long as Retry-After asks for', async () => {
    const receiver = await startReceiver((_received, response) =>
      response.writeHead(429, { 'retry-after': '60' }).end(),
    );
    const endpoint = await listen(saldo.merchant, receiver);
    const job = await saldo.merchant.finish(deposit(fresh('user'), '1'));
    const { next_attempt_at: next } = await untilDelivery(saldo.merchant, endpoint, job.id, 'pending');
    expect(Date.parse(next ?? '') - Date.now()).to.be.within(40_000, 70_000);
  });

  it('is given up with the endpoint where the receiver is gone (410), and others hear of that', async () => {
    const receiver = await startReceiver((_received, response) => response.writeHead(410).end());
    const other = await startReceiver();
    await listen(saldo.merchant, other, { events: ['webhook_endpoint.*'] });
    const endpoint = await listen(saldo.merchant, receiver);
    const job = await saldo.merchant.finish(deposit(fresh('user'), '1'));
    await untilDelivery(saldo.merchant, endpoint, job.id, 'failed');
    const told = await until('the other endpoint hears of it', () => other.received[0], TIMEOUT);
    expect(JSON.parse(told.body)).to.deep.include({ type: 'webhook_endpoint.disabled' });
    const { body } = await saldo.merchant.get<Endpoint>(`/v1/webhook-endpoints/${endpoint.id}`);
    expect(body).to.include({ enabled: false, disabled_reason: 'gone' });
    const conflict = await saldo.merchant.send<Problem>('POST', `/v1/webhook-endpoints/${endpoint.id}/test`);
    expect(conflict.body.code).to.equal('conflict');
  });

  it('can be asked for once more, also when it had arrived', async () => {
    const receiver = await startReceiver();
    const endpoint = await listen(saldo.merchant, receiver);
    const job = await saldo.merchant.finish(deposit(fresh('user'), '1'));
    const { id } = await untilDelivery(saldo.merchant, endpoint, job.id, 'delivered');
    expect((await saldo.otherMerchant.send('POST', `/v1/webhook-deliveries/${id}/retry`)).status).to.equal(404);
    expect((await saldo.accountant.send('POST', `/v1/webhook-deliveries/${id}/retry`)).status).to.equal(403);
    expect((await saldo.merchant.send('POST', `/v1/webhook-deliveries/${id}/retry`)).status).to.equal(202);
    const [first, second] = await untilReceived(receiver, job.id, 2);
    expect(second?.body).to.equal(first?.body);
  });

  it('of all that happened since a time can be asked for once more', async () => {
    const before = await saldo.merchant.finish(deposit(fresh('user'), '1'));
    const jobs: Job[] = [];
    for (let index = 0; index < 3; index += 1) jobs.push(await saldo.merchant.finish(deposit(fresh('user'), '1')));
    const theirs = await saldo.otherMerchant.finish(deposit(fresh('user'), '1'));
    const receiver = await startReceiver();
    const endpoint = await listen(saldo.merchant, receiver);
    const since = jobs[0]?.finished_at;
    const path = `/v1/webhook-endpoints/${endpoint.id}/replay`;
    expect((await saldo.merchant.post(path, { since })).status).to.equal(202);
    for (const job of jobs) await untilReceived(receiver, job.id);
    const ids = receiver.received.map((one) => one.id);
    expect(ids).not.to.include.members([before.id]).and.not.to.include.members([theirs.id]);
  });

  it('can be tried, and says so', async () => {
    const receiver = await startReceiver();
    const endpoint = await listen(saldo.merchant, receiver, { events: ['operation.rejected'] });
    const { after: before } = (await saldo.merchant.get<{ after: string }>('/v1/events?after=now')).body;
    const { status, body } = await saldo.merchant.send<Delivery>('POST', `/v1/webhook-endpoints/${endpoint.id}/test`);
    expect({ status, type: body.type }).to.deep.equal({ status: 202, type: 'webhook.test' });
    const [received] = await untilReceived(receiver, body.event_id);
    expect(
      new Webhook(endpoint.secret).verify(received?.body ?? '', received?.headers as Record<string, string>),
    ).to.include({ type: 'webhook.test' });
    const { body: feed } = await saldo.merchant.get<Page<{ id: string }>>(`/v1/events?types=webhook.*&after=${before}`);
    expect(feed.data.map(({ id }) => id)).to.deep.equal([body.event_id]);
  });

  it('is signed with both secrets while one is replaced', async () => {
    const receiver = await startReceiver();
    const endpoint = await listen(saldo.merchant, receiver);
    const path = `/v1/webhook-endpoints/${endpoint.id}`;
    const { body: rotated } = await saldo.merchant.send<Endpoint & { secret: string }>('POST', `${path}/rotate-secret`);
    expect(rotated.secret)
      .to.match(/^whsec_/)
      .and.not.to.equal(endpoint.secret);
    const job = await saldo.merchant.finish(deposit(fresh('user'), '1'));
    const [received] = await untilReceived(receiver, job.id);
    for (const secret of [endpoint.secret, rotated.secret]) {
      new Webhook(secret).verify(received?.body ?? '', received?.headers as Record<string, string>);
    }
    expect((await saldo.merchant.get(path)).text).not.to.include('whsec_');
    expect((await saldo.merchant.get('/v1/webhook-endpoints')).text).not.to.include('whsec_');
  });

  it('comes no more once the endpoint is deleted, disabled, or its key revoked', async () => {
    const { body: key } = await saldo.admin.post<{ id: string; key: string }>('/v1/api-keys', {
      name: 'leaver',
      role: 'accountant',
    });
    const leaver = saldo.withKey(key.key);
    const [deleted, disabled, revoked, kept] = await Promise.all(Array.from({ length: 4 }, () => startReceiver()));
    if (!deleted || !disabled || !revoked || !kept) throw new Error('no receivers');
    await leaver.post('/v1/webhook-endpoints', { url: revoked.url });
    const one = await listen(saldo.merchant, deleted);
    const two = await listen(saldo.merchant, disabled);
    await listen(saldo.merchant, kept);
    await saldo.merchant.send('DELETE', `/v1/webhook-endpoints/${one.id}`);
    await saldo.merchant.send('PATCH', `/v1/webhook-endpoints/${two.id}`, { json: { enabled: false } });
    await saldo.admin.send('DELETE', `/v1/api-keys/${key.id}`);
    const missed = await saldo.merchant.finish(deposit(fresh('user'), '1'));
    await untilReceived(kept, missed.id);
    await saldo.merchant.send('PATCH', `/v1/webhook-endpoints/${two.id}`, { json: { enabled: true } });
    const job = await saldo.merchant.finish(deposit(fresh('user'), '1'));
    await untilReceived(disabled, job.id);
    expect([deleted, disabled, revoked].flatMap(({ received }) => received.map(({ id }) => id))).to.deep.equal([
      job.id,
    ]);
  });
});
