import { expect } from 'chai';
import { Webhook } from 'standardwebhooks';
import { expectBooksInOrder } from '../support/both-queues.js';
import { Client } from '../support/client.js';
import type { Job } from '../support/contract.js';
import { deposit, fresh, withdraw } from '../support/operations.js';
import { sharedPostgres } from '../support/postgres.js';
import { startReceiver, type Received } from '../support/receiver.js';
import { describeOnRedis, startRedis } from '../support/redis.js';
import { startSaldo, startWorker, type Environment } from '../support/saldo.js';
import { runSql } from '../support/sql.js';
import { until } from '../support/until.js';

const OPERATIONS = 10_000;
const BATCH = 1_000;
const ADMIN_KEY = 'the-admin-key-of-the-faults';

interface Feed {
  readonly data: readonly { readonly id: string; readonly type: string }[];
  readonly next_cursor: string | null;
}

/** Refuses three in ten, in every way there is, and now and then says nothing for a second. */
function startBadReceiver() {
  return startReceiver((_received, response) => {
    const chance = Math.random();
    if (chance < 0.1) response.writeHead(500).end('no');
    else if (chance < 0.2) response.socket?.resetAndDestroy();
    else if (chance < 0.3) response.writeHead(302, { location: '/elsewhere' }).end();
    else if (chance < 0.302) setTimeout(() => response.writeHead(204).end(), 1_000);
    else response.writeHead(204).end();
  });
}

async function operate(client: Client): Promise<Job[]> {
  const users = Array.from({ length: 50 }, () => fresh('user'));
  const batches = Array.from({ length: OPERATIONS / BATCH }, (_batch, batch) =>
    Array.from({ length: BATCH }, (_operation, index) => {
      const user = users[index % users.length] ?? '';
      return index % 4 === 3 ? withdraw(user, `${batch * 10 + 1}`) : deposit(user, '1');
    }),
  );
  const jobs: Job[] = [];
  for (const batch of batches) jobs.push(...(await client.submitBatch(batch)).body.jobs);
  return jobs;
}

async function readFeed(client: Client): Promise<Feed['data']> {
  const events: Feed['data'][number][] = [];
  for (let after: string | null = '0'; after !== null;) {
    const { body }: { body: Feed } = await client.get<Feed>(`/v1/events?limit=200&after=${after}`);
    events.push(...body.data);
    after = body.next_cursor;
  }
  return events;
}

function expectVerified(secret: string, received: readonly Received[]): void {
  const webhook = new Webhook(secret);
  const bodies = new Map<string, string>();
  for (const { id, headers, body } of received) {
    webhook.verify(body, headers as Record<string, string>);
    expect(bodies.get(id) ?? body).to.equal(body);
    bodies.set(id, body);
  }
}

function everyEventArrives(queue: () => Promise<{ env: Environment; wipe: () => Promise<void> }>): void {
  it(`${OPERATIONS} of them arrive, though the receiver is bad and the worker is killed`, async function () {
    this.timeout(120_000);
    const { env: queueEnv, wipe } = await queue();
    const databaseUrl = await (await sharedPostgres()).createDatabase();
    const env = {
      DATABASE_URL: databaseUrl,
      SALDO_ADMIN_KEY: ADMIN_KEY,
      SALDO_SECRET_KEY: Buffer.alloc(32, 'k').toString('base64'),
      SALDO_ALLOW_PRIVATE_WEBHOOKS: 'true',
      LOG_LEVEL: 'warn',
      ...queueEnv,
    };
    const [gateway, first] = await Promise.all([startSaldo(['gateway'], env), startWorkerQuietly(env)]);
    const client = Client.withKey(gateway.url, ADMIN_KEY);
    const receiver = await startBadReceiver();
    const { body: endpoint } = await client.post<{ secret: string }>('/v1/webhook-endpoints', { url: receiver.url });

    const jobs = await operate(client);
    await until('some have arrived', () => receiver.received.length > OPERATIONS / 5, { timeoutMs: 30_000 });
    await first.stop('SIGKILL');
    await wipe();
    const worker = await startWorkerQuietly(env);

    const ids = new Set(jobs.map((job) => job.id));
    const isComplete = (): boolean => new Set(receiver.received.map((one) => one.id)).size === ids.size;
    await until(
      'all are delivered',
      async () => {
        // Hours pass: what is to be tried again is tried now.
        await runSql(databaseUrl, `update webhook_deliveries set next_attempt_at = now() where status = 'pending'`);
        return isComplete() && (await isAllDelivered(client));
      },
      { timeoutMs: 90_000, everyMs: 500 },
    );

    expectVerified(endpoint.secret, receiver.received);
    const feed = await readFeed(client);
    expect(feed.length).to.equal(OPERATIONS);
    expect(new Set(feed.map(({ id }) => id))).to.deep.equal(ids);
    expect(new Set(receiver.received.map(({ id }) => id))).to.deep.equal(ids);
    expect((await worker.stop()).code).to.equal(0);
    expect((await gateway.stop()).code).to.equal(0);
    await expectBooksInOrder(databaseUrl);
  });
}

const startWorkerQuietly = (env: Environment) => startWorker({ ...env, LOG_LEVEL: 'info' });

async function isAllDelivered(client: Client): Promise<boolean> {
  const { body } = await client.get<{ data: unknown[] }>('/v1/webhook-endpoints/1/deliveries?status=pending&limit=1');
  return body.data.length === 0;
}

describe('Webhooks [queue on Postgres]', () => {
  everyEventArrives(() => Promise.resolve({ env: {}, wipe: () => Promise.resolve() }));
});

describeOnRedis('Webhooks [queue on Redis, which is wiped]', () => {
  everyEventArrives(async () => {
    const redis = await startRedis({ isPersistent: false });
    if (redis === undefined) throw new Error('redis-server not found');
    return { env: { REDIS_URL: redis.url }, wipe: () => redis.restart() };
  });
});
