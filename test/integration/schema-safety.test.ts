import { expect } from 'chai';
import { connectDatabase, isRestricted, SERVICE_ROLE, type Database } from '@saldo/store';
import pg from 'pg';
import { sharedPostgres } from '../support/postgres.js';
import { saldo, startSaldo, startWorker, type Environment } from '../support/saldo.js';
import { Client } from '../support/client.js';

const ADMIN_KEY = 'the-admin-key-of-this-test';
const CHANGES = [
  'update jobs set lane = 1',
  'delete from jobs',
  'truncate jobs',
  'update operations set amount = 1',
  'delete from operations',
  'truncate operations',
];

/** A login that has nothing but the role of services. */
async function makeServiceLogin(ownerUrl: string): Promise<string> {
  const username = `service_${new URL(ownerUrl).pathname.slice(1)}`;
  await runAs(ownerUrl, `create role ${username} login password 'service' in role ${SERVICE_ROLE}`);
  return Object.assign(new URL(ownerUrl), { username, password: 'service' }).href;
}

async function runAs(url: string, statement: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

async function refusalOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'nothing',
    (error: unknown) => String(error),
  );
}

describe('What was written for ever', () => {
  let databaseUrl: string;
  let service: Database;

  before(async () => {
    databaseUrl = await (await sharedPostgres()).createMigratedDatabase();
    service = connectDatabase(databaseUrl, { poolMax: 1, name: 'saldo-test', isService: true });
  });
  after(() => service.close());

  for (const change of CHANGES) {
    it(`is beyond the rights of gateways and workers: ${change}`, async () => {
      expect(await refusalOf(service.knex.raw(change))).to.match(/permission denied for table (jobs|operations)/);
    });

    it(`is kept by a trigger from whoever else tries: ${change}`, async () => {
      expect(await refusalOf(runAs(databaseUrl, change))).to.match(
        /(jobs|operations) is insert-only: (UPDATE|DELETE|TRUNCATE) is refused/,
      );
    });
  }

  it('includes the number of lanes and the list of migrations, which gateways and workers only read', async () => {
    expect(await refusalOf(service.knex('lane_count').update({ lanes: 99 }))).to.include('permission denied');
    expect(await refusalOf(service.knex('knex_migrations').del())).to.include('permission denied');
    expect(await isRestricted(service)).to.equal(true);
  });
});

describe('Gateways and workers with a login that has nothing but the role of services', () => {
  let ownerUrl: string;
  let env: Environment;

  beforeEach(async () => {
    ownerUrl = await (await sharedPostgres()).createDatabase();
  });

  it('do all that they have to', async () => {
    expect((await saldo(['migrate'], { DATABASE_URL: ownerUrl })).code).to.equal(0);
    env = { DATABASE_URL: await makeServiceLogin(ownerUrl), SALDO_ADMIN_KEY: ADMIN_KEY };
    const [gateway, worker] = await Promise.all([startSaldo(['gateway'], env), startWorker(env)]);
    const admin = Client.withKey(gateway.url, ADMIN_KEY);
    const job = await admin.finish({ type: 'deposit', user_id: '1', amount: '10.00' });
    expect(job.status).to.equal('completed');
    expect(gateway.stderr() + worker.stderr()).not.to.include(SERVICE_ROLE);
    await Promise.all([gateway.stop(), worker.stop()]);
  });

  it('say so in one line where the owner has to migrate first', async () => {
    expect((await saldo(['migrate'], { DATABASE_URL: ownerUrl })).code).to.equal(0);
    const url = await makeServiceLogin(ownerUrl);
    const { code, stderr } = await saldo(['gateway'], { DATABASE_URL: url, SALDO_LANES: '9' });
    expect(code).to.equal(1);
    expect(stderr.trim().split('\n').at(-1)).to.match(/^saldo: the database is not ready .*run "saldo migrate"/);
  });
});
