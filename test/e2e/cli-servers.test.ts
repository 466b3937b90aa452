import { spawn } from 'node:child_process';
import { createServer, type Server } from 'node:net';
import { findFreePort } from '@saldo/cli/embedded-postgres';
import { expect } from 'chai';
import pg from 'pg';
import { sharedPostgres } from '../support/postgres.js';
import { untilNoneIsLeft } from '../support/processes.js';
import { describeOnRedis, startRedis } from '../support/redis.js';
import { BIN, isReady, saldo, startSaldo, startWorker, type Environment } from '../support/saldo.js';
import { makeTemporaryFolder } from '../support/temporary-folder.js';
import { until } from '../support/until.js';

const KEY = 'the-admin-key-that-was-given';

async function deposit(url: string): Promise<number> {
  const response = await fetch(`${url}/v1/operations`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json', prefer: 'wait=10' },
    body: JSON.stringify({ type: 'deposit', user_id: '42', amount: '10.00' }),
  });
  await response.body?.cancel();
  return response.status;
}

describe('saldo on a Postgres of yours', () => {
  let env: Environment;
  let databaseUrl: string;
  let dataDir: string;

  beforeEach(async () => {
    databaseUrl = await (await sharedPostgres()).createDatabase();
    dataDir = await makeTemporaryFolder('servers');
    env = { DATABASE_URL: databaseUrl, SALDO_DATA_DIR: dataDir, SALDO_ADMIN_KEY: KEY };
  });

  afterEach('leaves nothing running', () => untilNoneIsLeft(dataDir));

  it('runs a gateway and a worker alone, which migrate the database and stop on SIGTERM with code 0', async () => {
    const [gateway, worker] = await Promise.all([startSaldo(['gateway'], env), startWorker(env)]);
    expect(await deposit(gateway.url)).to.equal(200);
    expect((await gateway.stop('SIGTERM')).code).to.equal(0);
    expect((await worker.stop('SIGTERM')).code).to.equal(0);
  });

  it('runs both with one command, which leaves the database as it is and nothing running', async () => {
    const running = await startSaldo(['start'], env);
    expect(await deposit(running.url)).to.equal(200);
    expect((await running.stop('SIGINT')).code).to.equal(0);
  });

  it('stops when npm, which ran it in a shell, is asked to stop', async () => {
    const port = String(await findFreePort());
    const shell = spawn('/bin/sh', ['-c', `"${process.execPath}" "${BIN}" start; exit`], {
      env: { PATH: process.env['PATH'], ...env, PORT: port, npm_lifecycle_event: 'start' },
      stdio: 'ignore',
    });
    await until('it is ready', () => isReady(`http://127.0.0.1:${port}`), { timeoutMs: 15_000 });
    shell.kill('SIGTERM');
    await untilNoneIsLeft(dataDir);
  });

  it('verifies the books, and names what is wrong in them', async () => {
    const running = await startSaldo(['start'], env);
    expect(await deposit(running.url)).to.equal(200);
    await running.stop();
    expect((await saldo(['verify'], env)).code).to.equal(0);

    const client = new pg.Client(databaseUrl);
    await client.connect();
    await client.query('update accounts set balance = balance + 1 where sequence > 0 and balance > 0');
    await client.end();
    const { code, stdout } = await saldo(['verify'], env);
    expect(code).to.equal(1);
    expect(stdout).to.match(/^WRONG: .*42/m);
  });

  it('says what to do about a database without its tables', async () => {
    const { code, stderr } = await saldo(['keys', 'list'], env);
    expect(code).to.equal(1);
    expect(stderr).to.match(/^saldo: .*run "saldo migrate" first\n$/);
    expect((await saldo(['migrate'], env)).stdout).to.match(/^Ran \S/);
    expect((await saldo(['migrate'], env)).stdout).to.equal('The database is up to date.\n');
  });

  it('says in one line that a server is not there', async () => {
    for (const command of ['start', 'gateway', 'worker', 'verify']) {
      const { code, stderr } = await saldo([command], {
        ...env,
        DATABASE_URL: 'postgres://me:secret@127.0.0.1:1/none',
      });
      expect(code, command).to.equal(1);
      expect(stderr.trim().split('\n').at(-1))
        .to.match(/^saldo: .*127\.0\.0\.1:1/)
        .and.not.to.include('secret');
    }
  });

  it('says in one line that Redis is not there', async () => {
    const { code, stderr } = await saldo(['start'], { ...env, REDIS_URL: 'redis://me:secret@127.0.0.1:1' });
    expect(code).to.equal(1);
    expect(stderr)
      .to.match(/^saldo: REDIS_URL takes .*127\.0\.0\.1:1\n$/)
      .and.not.to.include('secret');
  });

  describe('when the port is taken', () => {
    let other: Server;
    let port: string;

    before((done) => {
      other = createServer().listen(0, '127.0.0.1', () => {
        const address = other.address();
        port = typeof address === 'object' && address !== null ? String(address.port) : '';
        done();
      });
    });
    after((done) => void other.close(done));

    for (const command of ['start', 'gateway']) {
      it(`saldo ${command} ends with one line that names PORT`, async () => {
        const { code, stdout, stderr } = await saldo([command], { ...env, PORT: port });
        expect({ code, stdout }).to.deep.equal({ code: 1, stdout: '' });
        expect(stderr.trim().split('\n').at(-1)).to.equal(
          `saldo: PORT ${port} is in use on 127.0.0.1 by another program; set PORT to use another`,
        );
      });
    }
  });

  describeOnRedis('with a Redis of yours', () => {
    it('runs the queue on it', async () => {
      const redis = await startRedis();
      const running = await startSaldo(['start'], { ...env, REDIS_URL: redis?.url ?? '' });
      expect(await deposit(running.url)).to.equal(200);
      expect((await running.stop()).code).to.equal(0);
      await redis?.stop();
    });
  });
});
