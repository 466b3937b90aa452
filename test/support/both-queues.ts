import { connectDatabase, readProgress, verify } from '@saldo/store';
import { atTheEnd } from './cleanup.js';
import { Client } from './client.js';
import { sharedPostgres } from './postgres.js';
import { startRedisCluster } from './redis-cluster.js';
import { describeOnRedis, startRedis } from './redis.js';
import { startSaldo, startWorker, type Environment, type Saldo, type ServingSaldo } from './saldo.js';
import { makeTemporaryFolder } from './temporary-folder.js';
import { until } from './until.js';

const ADMIN_KEY = 'the-admin-key-of-the-tests';
const SECRET_KEY = Buffer.alloc(32, 'the key of the tests').toString('base64');

interface Started {
  readonly env: Environment;
  readonly databaseUrl: string;
  readonly gateways: readonly ServingSaldo[];
  readonly workers: readonly Saldo[];
  readonly merchant: Client;
  readonly otherMerchant: Client;
  readonly accountant: Client;
  readonly admin: Client;
}

/**
 * A gateway and a worker, or a fleet of them, as processes of their own, on one of the two queues. All suites of a run
 * share it, so each test has users and orders of its own; when the run is over, its books must verify.
 */
export class SharedSaldo {
  readonly #start: () => Promise<Started>;
  #starting: Promise<Started> | undefined;
  #started: Started | undefined;

  constructor(start: () => Promise<Started>) {
    this.#start = start;
  }

  async start(): Promise<void> {
    this.#starting ??= this.#start();
    this.#started = await this.#starting;
  }

  /** Stops it, and checks its books first. */
  async stop(): Promise<void> {
    await expectBooksInOrder(this.databaseUrl);
    const { gateways, workers } = this.#running;
    await Promise.all([...gateways, ...workers].map((part) => part.stop()));
  }

  /** What to start another gateway or worker of this Saldo with. */
  get env(): Environment {
    return this.#running.env;
  }

  get databaseUrl(): string {
    return this.#running.databaseUrl;
  }

  /** Where one of its gateways is. */
  get gatewayUrl(): string {
    return urlsOf(this.#running.gateways)[0] ?? '';
  }

  /** All that the gateways have logged so far. */
  get gatewayLogs(): string {
    return this.#running.gateways.map((gateway) => gateway.stderr()).join('');
  }

  get merchant(): Client {
    return this.#running.merchant;
  }

  get otherMerchant(): Client {
    return this.#running.otherMerchant;
  }

  get accountant(): Client {
    return this.#running.accountant;
  }

  get admin(): Client {
    return this.#running.admin;
  }

  /** Somebody without a key, or with another header. */
  stranger(headers: Readonly<Record<string, string>> = {}): Client {
    return new Client(urlsOf(this.#running.gateways), headers);
  }

  /** Whoever has this key. */
  withKey(key: string): Client {
    return Client.withKey(urlsOf(this.#running.gateways), key);
  }

  /** Nothing is applied while `during` runs: what is accepted stays queued. */
  async whilePaused<T>(during: () => Promise<T>): Promise<T> {
    const { workers } = this.#running;
    await untilAllApplied(this.databaseUrl);
    for (const { pid } of workers) process.kill(pid, 'SIGSTOP');
    try {
      return await during();
    } finally {
      for (const { pid } of workers) process.kill(pid, 'SIGCONT');
    }
  }

  get #running(): Started {
    if (this.#started === undefined) throw new Error('Saldo runs in tests and hooks only');
    return this.#started;
  }
}

/**
 * Runs a suite on every way to carry the work: on BullMQ over Redis and, with two gateways and two workers, over a Redis
 * Cluster, both loudly skipped where there is no Redis; and on BullMQ over Postgres.
 */
export function describeOnBothQueues(title: string, body: (saldo: SharedSaldo) => void): void {
  describeOnRedis(`${title} [queue on Redis]`, suiteOn(onRedis, body));
  describeOnRedis(`${title} [fleet on a Redis Cluster]`, suiteOn(onCluster, body));
  describe(`${title} [queue on Postgres]`, suiteOn(onPostgres, body));
}

function suiteOn(saldo: SharedSaldo, body: (saldo: SharedSaldo) => void): () => void {
  return () => {
    before(function () {
      this.timeout(60_000);
      return saldo.start();
    });
    body(saldo);
  };
}

/** Runs a suite on one way only: for what takes long and has nothing to do with what carries the work. */
export function describeOnOneQueue(title: string, body: (saldo: SharedSaldo) => void): void {
  describe(title, suiteOn(onPostgres, body));
}

/** The same on a Saldo of its own, which starts with an empty database and is not shared with any other suite. */
export function describeOnBothQueuesAfresh(title: string, body: (saldo: SharedSaldo) => void): void {
  const thenStop = (saldo: SharedSaldo): void => {
    after(function () {
      this.timeout(60_000);
      return saldo.stop();
    });
    body(saldo);
  };
  describeOnRedis(`${title} [queue on Redis]`, suiteOn(new SharedSaldo(startOnRedis), thenStop));
  describe(`${title} [queue on Postgres]`, suiteOn(new SharedSaldo(startOnPostgres), thenStop));
}

const startOnPostgres = (): Promise<Started> => start({}, 1);

const startOnRedis = async (): Promise<Started> => {
  const redis = await startRedis();
  if (redis === undefined) throw new Error('redis-server not found');
  return start({ REDIS_URL: redis.url }, 1);
};

const startOnCluster = async (): Promise<Started> => start({ REDIS_URL: await startRedisCluster() }, 2);

const onPostgres = new SharedSaldo(startOnPostgres);
const onRedis = new SharedSaldo(startOnRedis);
const onCluster = new SharedSaldo(startOnCluster);

async function start(queue: Environment, size: number): Promise<Started> {
  const databaseUrl = await (await sharedPostgres()).createDatabase();
  const env = {
    DATABASE_URL: databaseUrl,
    SALDO_ADMIN_KEY: ADMIN_KEY,
    SALDO_SECRET_KEY: SECRET_KEY,
    SALDO_ALLOW_PRIVATE_WEBHOOKS: 'true',
    SALDO_DATA_DIR: await makeTemporaryFolder('data'),
    // As many as workers, so that each has something to do.
    SALDO_LANES: String(size),
    ...queue,
  };
  const gateways = await Promise.all(Array.from({ length: size }, () => startSaldo(['gateway'], env)));
  const workers = await Promise.all(Array.from({ length: size }, () => startWorker(env)));
  atTheEnd(() => expectBooksInOrder(databaseUrl));
  const urls = urlsOf(gateways);
  const admin = Client.withKey(urls, ADMIN_KEY);
  const withRole = async (role: string, name = role): Promise<Client> => {
    const { body } = await admin.post<{ key: string }>('/v1/api-keys', { name, role });
    return Client.withKey(urls, body.key);
  };
  return {
    env,
    databaseUrl,
    gateways,
    workers,
    admin,
    merchant: await withRole('merchant'),
    otherMerchant: await withRole('merchant', 'other merchant'),
    accountant: await withRole('accountant'),
  };
}

function urlsOf(gateways: readonly ServingSaldo[]): string[] {
  return gateways.map(({ url }) => url);
}

/** All that was accepted is applied. */
async function untilAllApplied(databaseUrl: string): Promise<void> {
  const database = connectDatabase(databaseUrl, { poolMax: 1, name: 'saldo-test' });
  try {
    await until('all is applied', async () =>
      (await readProgress(database)).every(({ accepted, applied }) => accepted === applied),
    );
  } finally {
    await database.close();
  }
}

/** Recomputes all balances. Throws, and says what differs, if any test left the books in disorder. */
export async function expectBooksInOrder(databaseUrl: string): Promise<void> {
  await untilAllApplied(databaseUrl);
  const database = connectDatabase(databaseUrl, { poolMax: 1, name: 'saldo-test' });
  try {
    const { differences } = await verify(database);
    if (differences.length > 0) throw new Error(`the books are in disorder:\n${differences.join('\n')}`);
  } finally {
    await database.close();
  }
}
