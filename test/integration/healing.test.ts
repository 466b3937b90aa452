import { connectDatabase } from '@saldo/store';
import { expect } from 'chai';
import { atTheEnd } from '../support/cleanup.js';
import { Client } from '../support/client.js';
import type { Job } from '../support/contract.js';
import { elapsedMs } from '../support/elapsed.js';
import { deposit, fresh } from '../support/operations.js';
import { describeOnRedis, startRedis, type TestRedis } from '../support/redis.js';
import { saldo, startSaldo, startWorker, type Environment, type Saldo } from '../support/saldo.js';
import { endOf, TestLedger } from '../support/test-ledger.js';
import { until } from '../support/until.js';
import { TcpProxy } from '../faults/tcp-proxy.js';

const ADMIN_KEY = 'the-admin-key-of-this-test';
const HEAL_MS_MAX = 5_000;

/** A ledger, and what a gateway or worker on it needs. */
async function prepare(redisUrl?: string): Promise<{ env: Environment; ledger: TestLedger }> {
  const ledger = await TestLedger.create();
  const queue = redisUrl === undefined ? {} : { REDIS_URL: redisUrl };
  const env = {
    DATABASE_URL: ledger.url,
    SALDO_ADMIN_KEY: ADMIN_KEY,
    SALDO_LANES: String(ledger.lanes),
    ...queue,
  };
  atTheEnd(() => ledger.close());
  expect((await saldo(['migrate'], env)).code).to.equal(0);
  return { env, ledger };
}

async function started(): Promise<TestRedis> {
  const redis = await startRedis();
  if (redis === undefined) throw new Error('redis-server not found');
  return redis;
}

async function untilApplied(ledger: TestLedger, ids: readonly string[]): Promise<void> {
  await until('all is applied', async () => (await ledger.jobs(ids)).every((job) => endOf(job) === 'completed'), {
    timeoutMs: HEAL_MS_MAX,
  });
}

function heals(makeRedis: () => Promise<TestRedis | undefined>): () => void {
  return () => {
    it('is applied by itself within 5 s, in order, though its envelope was never sent and nobody sends any more', async () => {
      const redis = await makeRedis();
      const { env, ledger } = await prepare(redis?.url);
      const worker = await startWorker(env);
      const [ann, bob] = [fresh('user'), fresh('user')];
      const accepted = await ledger.accept(deposit(ann, '1'), deposit(bob, '2'), deposit(ann, '3'));
      await untilApplied(
        ledger,
        accepted.map((job) => job.id),
      );
      const [first, , third] = await ledger.jobs(accepted.map((job) => job.id));
      const sequenceOf = (job: typeof first): bigint | null | undefined =>
        job?.ended?.status === 'completed' ? job.ended.entries[1]?.sequence : undefined;
      expect([sequenceOf(first), sequenceOf(third)]).to.deep.equal([1n, 2n]);
      await worker.stop();
      await redis?.stop();
    });
  };
}

describeOnRedis('What was accepted [queue on Redis]', heals(started));
describe(
  'What was accepted [queue on Postgres]',
  heals(() => Promise.resolve(undefined)),
);

describeOnRedis('While Redis is away', () => {
  let redis: TestRedis;
  let worker: Saldo;
  let gateway: Saldo & { url: string };
  let client: Client;

  before(async () => {
    redis = await started();
    const { env } = await prepare(redis.url);
    await redis.stop('SIGKILL');
    worker = await startWorker(env);
    // It serves without Redis, too.
    gateway = await startSaldo(['gateway'], { ...env, SALDO_BACKLOG_MAX: '20' });
    client = Client.withKey(gateway.url, ADMIN_KEY);
  });
  after(async () => {
    await Promise.all([gateway.stop(), worker.stop()]);
    await redis.stop();
  });

  it('gateways go on accepting, up to a bound; all is applied within 5 s of its return, though it forgot everything', async () => {
    const accepted: Job[] = [];
    for (let count = 0; count < 20; count += 1) {
      const { status, body } = await client.submit(deposit(fresh('user'), '1'));
      expect(status).to.equal(202);
      accepted.push(body);
    }
    const refused = await client.submit<{ code: string }>(deposit(fresh('user'), '1'));
    expect(refused.status).to.equal(503);
    expect(refused.body.code).to.equal('overloaded');
    expect(refused.headers['retry-after']).to.match(/^\d+$/);

    await redis.restart({ isEmpty: true });
    const passedMs = elapsedMs();
    const jobs = await Promise.all(accepted.map(({ id }) => client.job(id, 10)));
    expect(jobs.map(({ status }) => status)).to.deep.equal(accepted.map(() => 'completed'));
    expect(passedMs()).to.be.below(HEAL_MS_MAX);
    await until(
      'more is accepted again',
      async () => (await client.submit(deposit(fresh('user'), '1'))).status === 202,
    );
  });
});

describe('A session of a gateway or worker', () => {
  it('is ended by Postgres soon after its process stops in a transaction, between statements or within an answer', async () => {
    const { ledger } = await prepare();
    const service = connectDatabase(ledger.url, { poolMax: 1, name: 'saldo-test', isService: true });
    const settings = await service
      .knex('pg_settings')
      .whereIn('name', ['idle_in_transaction_session_timeout', 'tcp_user_timeout'])
      .pluck<string[]>('setting');
    expect(settings).to.have.length(2);
    for (const ms of settings.map(Number)) expect(ms).to.be.within(1, HEAL_MS_MAX);
    await service.close();
  });
});

describeOnRedis('Connections that are dead without anybody having said so', () => {
  it('are given up by a gateway and a worker, who go on with others', async function () {
    this.timeout(90_000);
    const redis = await started();
    const { env } = await prepare(redis.url);
    const lines = [
      await TcpProxy.start(Number(new URL(env['DATABASE_URL'] ?? '').port)),
      await TcpProxy.start(Number(new URL(redis.url).port)),
    ];
    for (const line of lines) atTheEnd(() => line.stop());
    const through = (url: string | undefined, line: TcpProxy | undefined): string =>
      Object.assign(new URL(url ?? ''), { port: String(line?.port) }).href;
    const proxied = {
      ...env,
      DATABASE_URL: through(env['DATABASE_URL'], lines[0]),
      REDIS_URL: through(env['REDIS_URL'], lines[1]),
    };
    const [gateway, worker] = await Promise.all([startSaldo(['gateway'], proxied), startWorker(proxied)]);
    const client = Client.withKey(gateway.url, ADMIN_KEY);
    await client.given(deposit(fresh('user'), '1'));
    for (const line of lines) line.abandon();
    const { id } = await until(
      'an operation is accepted',
      async () => {
        const { status, body } = await client.submit(deposit(fresh('user'), '1'));
        return status === 202 && body;
      },
      { timeoutMs: 30_000 },
    );
    await until('it is applied', async () => (await client.job(id, 5)).status === 'completed', { timeoutMs: 30_000 });
    await Promise.all([gateway.stop(), worker.stop()]);
    await redis.stop();
  });
});
