import { connectDatabase, type Database } from '@saldo/store';
import { findFreePort } from '@saldo/cli/embedded-postgres';
import { atTheEnd } from '../support/cleanup.js';
import { Client } from '../support/client.js';
import { startPostgres, type TestPostgres } from '../support/postgres.js';
import { startRedis, type TestRedis } from '../support/redis.js';
import { saldo, type Environment } from '../support/saldo.js';
import { Service } from './service.js';
import { TcpProxy } from './tcp-proxy.js';

export type Queue = 'redis' | 'postgres';

/** All of Saldo, run for real: servers of its own, two gateways and two workers, each with its own lines to them. */
export interface Stage {
  readonly postgres: TestPostgres;
  /** Undefined where the queue runs on Postgres. */
  readonly redis: TestRedis | undefined;
  readonly gateways: readonly Service[];
  readonly workers: readonly Service[];
  /** Straight to Postgres, past all faults but its own. */
  readonly database: Database;
  readonly databaseUrl: string;
  /** Somebody who may send operations, at each gateway. */
  readonly merchants: readonly Client[];
}

const ADMIN_KEY = 'the-admin-key-of-the-fault-suite';

export async function setStage(queue: Queue): Promise<Stage> {
  const postgres = await startPostgres({ isDurable: true });
  const redis = queue === 'redis' ? await startRedis() : undefined;
  if (queue === 'redis' && redis === undefined) throw new Error('redis-server not found');
  const databaseUrl = await postgres.createDatabase();
  // Two lanes, so that both workers have something to do.
  const env = { SALDO_ADMIN_KEY: ADMIN_KEY, SALDO_LANES: '2' };
  await migrate({ ...env, DATABASE_URL: databaseUrl, ...(redis === undefined ? {} : { REDIS_URL: redis.url }) });
  const make = (kind: Service['kind'], number: number): Promise<Service> =>
    openService(kind, `${kind}-${number}`, env, databaseUrl, redis?.url);
  const gateways = [await make('gateway', 1), await make('gateway', 2)];
  const workers = [await make('worker', 1), await make('worker', 2)];
  await Promise.all([...gateways, ...workers].map((service) => service.start()));
  const database = connectDatabase(databaseUrl, { poolMax: 2, name: 'saldo-faults' });
  atTheEnd(() => database.close());
  return { postgres, redis, gateways, workers, database, databaseUrl, merchants: await makeMerchants(gateways) };
}

async function migrate(env: Environment): Promise<void> {
  const { code, stderr } = await saldo(['migrate'], env);
  if (code !== 0) throw new Error(stderr);
}

async function makeMerchants(gateways: readonly Service[]): Promise<Client[]> {
  const [first] = gateways;
  if (first === undefined) throw new Error('there is no gateway');
  const admin = Client.withKey(first.url, ADMIN_KEY);
  const { body } = await admin.post<{ key: string }>('/v1/api-keys', { name: 'fault suite', role: 'merchant' });
  return gateways.map(({ url }) => Client.withKey(url, body.key));
}

async function openService(
  kind: Service['kind'],
  name: string,
  env: Environment,
  databaseUrl: string,
  redisUrl: string | undefined,
): Promise<Service> {
  const toPostgres = await proxied(databaseUrl);
  const toRedis = redisUrl === undefined ? undefined : await proxied(redisUrl);
  return new Service(
    kind,
    name,
    {
      ...env,
      DATABASE_URL: toPostgres.url,
      ...(toRedis === undefined ? {} : { REDIS_URL: toRedis.url }),
      ...(kind === 'gateway' ? { PORT: String(await findFreePort()) } : {}),
    },
    [toPostgres, toRedis].flatMap((line) => (line === undefined ? [] : [line.proxy])),
  );
}

async function proxied(url: string): Promise<{ url: string; proxy: TcpProxy }> {
  const target = new URL(url);
  const proxy = await TcpProxy.start(Number(target.port));
  atTheEnd(() => proxy.stop());
  return { url: Object.assign(target, { port: String(proxy.port) }).href, proxy };
}
