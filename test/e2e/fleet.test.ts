import { expect } from 'chai';
import { describeOnBothQueues, type SharedSaldo } from '../support/both-queues.js';
import { Client } from '../support/client.js';
import type { Job } from '../support/contract.js';
import { elapsedMs } from '../support/elapsed.js';
import { deposit, fresh, withdraw } from '../support/operations.js';
import { isReady, startSaldo, startWorker, type Saldo, type ServingSaldo } from '../support/saldo.js';
import { until } from '../support/until.js';

interface ApiKey {
  readonly id: string;
  readonly key: string;
}

async function makeKey(saldo: SharedSaldo): Promise<ApiKey> {
  return (await saldo.admin.post<ApiKey>('/v1/api-keys', { name: fresh('key'), role: 'merchant' })).body;
}

describeOnBothQueues('Two gateways and two workers', (saldo) => {
  let gateway: ServingSaldo;
  let worker: Saldo;
  /** The same merchant at each of the gateways. */
  let here: Client;
  let there: Client;

  before(async function () {
    this.timeout(60_000);
    [gateway, worker] = await Promise.all([startSaldo(['gateway'], saldo.env), startWorker(saldo.env)]);
    const { key } = await makeKey(saldo);
    [here, there] = [saldo.withKey(key), Client.withKey(gateway.url, key)];
  });

  after(() => Promise.all([gateway.stop(), worker.stop()]));

  it('keep the order of one user who sends to the one and to the other', async () => {
    const user = fresh('user');
    const sent: string[] = [];
    for (let index = 0; index < 100; index += 1) {
      const { body } = await (index % 2 === 0 ? here : there).submit(
        index % 3 === 2 ? withdraw(user, '0.5') : deposit(user, `${index + 1}`),
      );
      sent.push(body.id);
    }
    await here.job(sent.at(-1) ?? '', 30);
    const applied = await saldo.admin.readAll<{ job_id: string }>(`/v1/users/${user}/operations?sort=created_at`);
    expect(applied.map((entry) => entry.job_id)).to.deep.equal(sent);
  });

  it('accept an operation once that both are sent 25 times at once with one Idempotency-Key', async () => {
    const [user, headers] = [fresh('user'), { 'idempotency-key': fresh('key'), prefer: 'wait=30' }];
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => (index % 2 === 0 ? here : there).submit(deposit(user, '7'), headers)),
    );
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).to.equal(1);
    expect(answers.filter((answer) => answer.headers['idempotent-replayed'] !== 'true')).to.have.length(1);
    expect((await here.get(`/v1/users/${user}/balance`)).body).to.include({ available: '7.00' });
  });

  it('tell at the one what was submitted at the other', async () => {
    for (let index = 0; index < 20; index += 1) {
      const { body } = await here.submit(deposit(fresh('user'), '1'));
      expect(await there.job(body.id, 30)).to.include({ id: body.id, status: 'completed' });
    }
  });

  it('refuse a key at once at both that was revoked at one', async () => {
    const { id, key } = await makeKey(saldo);
    const leaver = Client.withKey(gateway.url, key);
    expect((await leaver.get('/v1/services')).status).to.equal(200);
    expect((await saldo.admin.send('DELETE', `/v1/api-keys/${id}`)).status).to.equal(204);
    await until('the other gateway refuses it', async () => (await leaver.get('/v1/services')).status === 401, {
      timeoutMs: 1_000,
    });
  });
});

describeOnBothQueues('On SIGTERM', (saldo) => {
  it('a gateway answers who waits with what is known, is not ready any more, and ends with code 0', async () => {
    const gateway = await startSaldo(['gateway'], saldo.env);
    const { key } = await makeKey(saldo);
    const merchant = Client.withKey(gateway.url, key);
    await saldo.whilePaused(async () => {
      const { body } = await merchant.submit(deposit(fresh('user'), '1'));
      const polls = Array.from({ length: 10 }, () => merchant.get<Job>(`/v1/jobs/${body.id}?wait=30`));
      const submitted = merchant.submit(deposit(fresh('user'), '1'), { prefer: 'wait=30' });
      const submittedBatch = merchant.submitBatch([deposit(fresh('user'), '1')], { prefer: 'wait=30' });
      // They came before these, and wait.
      for (let times = 0; times < 3; times += 1) expect(await isReady(gateway.url)).to.equal(true);

      const since = elapsedMs();
      const ended = gateway.stop('SIGTERM');
      await until('it says that it is not ready', async () => (await fetch(`${gateway.url}/readyz`)).status === 503);
      for (const poll of await Promise.all(polls)) {
        expect(poll.status).to.equal(200);
        expect(poll.body).to.deep.equal(body);
      }
      for (const answer of [await submitted, await submittedBatch]) {
        expect(answer.status).to.equal(202);
        expect(answer.headers['retry-after']).to.equal('1');
      }
      expect((await ended).code).to.equal(0);
      expect(since()).to.be.below(4_000);
    });
  });

  it('a gateway ends with code 0 although there are clients who never stop asking', async () => {
    const gateway = await startSaldo(['gateway'], saldo.env);
    const client = Client.withKey(gateway.url, (await makeKey(saldo)).key);
    const askOn = async (): Promise<unknown> => {
      for (;;) {
        const failure = await client.get('/v1/services').then(
          () => undefined,
          (error: unknown) => error,
        );
        if (failure !== undefined) return failure;
      }
    };
    const asking = Array.from({ length: 5 }, askOn);
    const since = elapsedMs();
    expect((await gateway.stop('SIGTERM')).code).to.equal(0);
    expect(since()).to.be.below(4_000);
    for (const failure of await Promise.all(asking))
      expect(String(failure)).to.match(/ECONNREFUSED|ECONNRESET|other side closed/);
  });

  it('a worker finishes what it has in hand and ends with code 0, and another does the rest', async () => {
    const worker = await startWorker(saldo.env);
    const users = Array.from({ length: 8 }, () => fresh('user'));
    const sent = Array.from({ length: 6 }, () =>
      saldo.merchant.submitBatch(
        Array.from({ length: 1_000 }, (_, index) => deposit(users[index % users.length] ?? '', '1')),
      ),
    );
    const [first] = (await Promise.all(sent)).map(({ body }) => body.jobs.at(-1)?.id ?? '');
    const since = elapsedMs();
    expect((await worker.stop('SIGTERM')).code).to.equal(0);
    expect(since()).to.be.below(5_000);
    await saldo.merchant.job(first ?? '', 30);
    for (const user of users) {
      await until(`${user} has all`, async () => {
        const { body } = await saldo.merchant.get<{ available: string }>(`/v1/users/${user}/balance`);
        return body.available === '750.00';
      });
    }
  });
});
