import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { SaldoClient, SaldoError, StillQueuedError, verifyWebhook, WebhookError } from '@saldo/client';
import type { Balance, HistoryEntry, Job, Operation, Service } from '@saldo/client';
import { expect } from 'chai';
import { describeOnBothQueues } from '../support/both-queues.js';
import { fresh } from '../support/operations.js';

async function read<Row>(rows: AsyncIterable<Row>): Promise<Row[]> {
  const all: Row[] = [];
  for await (const row of rows) all.push(row);
  return all;
}

/** What a promise is rejected with. */
async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describeOnBothQueues('The client', (saldo) => {
  let client: SaldoClient;
  let key: string;

  before(async () => {
    ({ key } = (await saldo.admin.post<{ key: string }>('/v1/api-keys', { name: 'client', role: 'admin' })).body);
    client = new SaldoClient({ url: saldo.gatewayUrl, key });
  });

  it('submits an operation and waits for how it ended', async () => {
    const user = fresh('user');
    const deposit: Operation = { type: 'deposit', user_id: user, amount: '10' };
    const done: Job = await client.submit(deposit, { waitS: 30 });
    expect(done.status).to.equal('completed');
    const { id } = await client.submit({ type: 'withdraw', user_id: user, amount: '11' });
    const refused = await client.wait(id);
    expect(refused.error?.code).to.equal('insufficient_funds');
    const balance: Balance = await client.balance(user);
    expect(balance).to.include({ available: '10.00', reserved: '0.00' });
  });

  it('submits a batch, and iterates over what came of it, over as many pages as there are', async () => {
    const user = fresh('user');
    const operations = Array.from({ length: 450 }, (): Operation => ({ type: 'deposit', user_id: user, amount: '1' }));
    const jobs = await client.submitBatch(operations, { waitS: 30 });
    expect(jobs.map(({ status }) => status)).to.deep.equal(operations.map(() => 'completed'));
    const history: HistoryEntry[] = await read(client.userOperations(user, { sort: 'created_at' }));
    expect(history.map(({ sequence }) => sequence)).to.deep.equal(operations.map((_, index) => index + 1));
    const listed = await read(client.jobs({ user_id: user }));
    expect(listed.map(({ id }) => id).sort()).to.deep.equal(jobs.map(({ id }) => id).sort());
  });

  it('names services', async () => {
    const id = fresh('service');
    const service: Service = await client.putService(id, { name: 'Wash', price: '1.5' });
    expect(await read(client.services())).to.deep.include(service);
  });

  it('applies once what it sends twice with one key', async () => {
    const user = fresh('user');
    const deposit: Operation = { type: 'deposit', user_id: user, amount: '10' };
    const ids = await Promise.all(
      [1, 2, 3].map(async () => (await client.submit(deposit, { idempotencyKey: user, waitS: 30 })).id),
    );
    expect(new Set(ids).size).to.equal(1);
    expect((await client.balance(user)).available).to.equal('10.00');
  });

  it('sends again what the network lost, and it is still applied once', async () => {
    const user = fresh('user');
    let calls = 0;
    const lossy: typeof fetch = async (input, init) => {
      calls += 1;
      const response = await fetch(input, init);
      if (calls < 3) throw new TypeError('the answer was lost on the way');
      return response;
    };
    const unlucky = new SaldoClient({ url: saldo.gatewayUrl, key, fetch: lossy });
    const job = await unlucky.submit({ type: 'deposit', user_id: user, amount: '10' }, { waitS: 30 });
    expect({ calls, status: job.status }).to.deep.equal({ calls: 3, status: 'completed' });
    expect((await client.balance(user)).available).to.equal('10.00');
  });

  it('waits while Saldo is too busy, as long as that says, and gives up at last', async () => {
    let asked = 0;
    const server = createServer((_request, response) => {
      asked += 1;
      response.writeHead(503, { 'retry-after': '0' }).end('{"code":"overloaded","detail":"Too busy."}');
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const busy = new SaldoClient({ url: `http://127.0.0.1:${port}`, key: 'k', triesMax: 3 });
    const error = await errorOf(busy.balance('1'));
    expect(error)
      .to.be.instanceOf(SaldoError)
      .and.to.include({ status: 503, code: 'overloaded', message: 'Too busy.' });
    expect(asked).to.equal(3);
    server.close();
  });

  it('throws what Saldo refuses, with every bad field, and does not ask again', async () => {
    const error = await errorOf(client.submit({ type: 'deposit', user_id: '', amount: '-1' }));
    expect(error).to.be.instanceOf(SaldoError);
    const { code, errors, requestId } = error as SaldoError;
    expect(code).to.equal('validation_failed');
    expect(errors.map(({ pointer }) => pointer)).to.have.members(['/user_id', '/amount']);
    expect(requestId).to.be.a('string');
  });

  it('says so when a job takes longer than it was ready to wait', async () => {
    await saldo.whilePaused(async () => {
      const { id } = await client.submit({ type: 'deposit', user_id: fresh('user'), amount: '1' });
      expect(await errorOf(client.wait(id, { timeoutMs: 10 }))).to.be.instanceOf(StillQueuedError);
    });
  });

  it('is shown at work by the example, which runs', async () => {
    const script = fileURLToPath(new URL('../../../examples/order.mjs', import.meta.url));
    const env = { ...process.env, SALDO_URL: saldo.gatewayUrl, SALDO_KEY: key, ORDER: fresh('order') };
    const child = spawn(process.execPath, [script], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    let printed = '';
    child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number];
    expect({ code, last: printed.trim().split('\n').at(-1) }).to.deep.equal({
      code: 0,
      last: 'paid 30.00, released 20.00',
    });
  });
});

describe('A webhook', () => {
  const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const AT_MS = 1_614_265_330_000;
  const body = '{"test": 2432232314}';
  /** The example of the Standard Webhooks specification. */
  const headers = {
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  };
  const verify = (more: object = {}, text = body, secret = SECRET, nowMs = AT_MS) =>
    errorOf(verifyWebhook(secret, { headers: { ...headers, ...more }, body: text }, { nowMs }));

  it('is taken if its signature is of the secret, also beside others', async () => {
    expect(await verifyWebhook(SECRET, { headers, body }, { nowMs: AT_MS })).to.deep.equal({ test: 2432232314 });
    const other = createHmac('sha256', 'other').update('x').digest('base64');
    expect(await verify({ 'webhook-signature': `v1,${other} v2,x ${headers['webhook-signature']}` })).to.equal(
      undefined,
    );
  });

  it('is refused with another body, id, time, secret or signature, or without one', async () => {
    const refusals = await Promise.all([
      verify({}, '{"test": 2432232315}'),
      verify({ 'webhook-id': 'msg_other' }),
      verify({ 'webhook-timestamp': '1614265331' }),
      verify({}, body, 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'),
      verify({}, body, 'no secret'),
      verify({ 'webhook-signature': 'v1,!' }),
      verify({ 'webhook-signature': undefined }),
    ]);
    for (const refusal of refusals) expect(refusal).to.be.instanceOf(WebhookError);
  });

  it('is refused when it is older or newer than five minutes', async () => {
    expect(await verify({}, body, SECRET, AT_MS + 301_000)).to.be.instanceOf(WebhookError);
    expect(await verify({}, body, SECRET, AT_MS - 301_000)).to.be.instanceOf(WebhookError);
    expect(await verify({}, body, SECRET, AT_MS + 299_000)).to.equal(undefined);
  });
});
