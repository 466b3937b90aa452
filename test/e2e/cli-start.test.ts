import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { runningUrl } from '@saldo/cli/embedded-postgres';
import { expect } from 'chai';
import pg from 'pg';
import { findProcesses, untilNoneIsLeft } from '../support/processes.js';
import { saldo, startSaldo, type Environment, type ServingSaldo } from '../support/saldo.js';
import { makeTemporaryFolder } from '../support/temporary-folder.js';
import { until } from '../support/until.js';

/** The pid of a part of the Saldo that runs on a data directory. */
async function pidOf(part: RegExp, dataDir: string): Promise<number> {
  const found = (await findProcesses(dataDir)).filter(({ commandLine }) => part.test(commandLine));
  expect(found, `processes like ${part.source}`).to.have.length(1);
  return found[0]?.pid ?? 0;
}

const GATEWAY = /saldo\.js gateway$/;
const WORKER = /saldo\.js worker$/;
const POSTGRES = /postgres -D /;
const GUARD = /saldo-guard/;

/** Posts a deposit of 10.00 and answers the status and the balance after it. */
async function deposit(url: string, key: string): Promise<{ status: number; balance: string | undefined }> {
  const response = await fetch(`${url}/v1/operations`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', prefer: 'wait=10' },
    body: JSON.stringify({ type: 'deposit', user_id: '42', amount: '10.00' }),
  });
  const job = (await response.json()) as { result?: { entries: { user_id: string | null; balance: string }[] } };
  return { status: response.status, balance: job.result?.entries.find(({ user_id }) => user_id === '42')?.balance };
}

describe('saldo start', () => {
  let env: Environment;
  let dataDir: string;
  let running: ServingSaldo;
  let key = '';
  let deposited = 0;

  const expectToServe = async (): Promise<void> => {
    deposited += 10;
    expect(await deposit(running.url, key)).to.deep.equal({ status: 200, balance: `${deposited}.00` });
  };
  const start = async (): Promise<void> => {
    running = await startSaldo(['start', '--demo'], env);
    await until('the screen is shown', () => running.stdout().includes('Ctrl-C stops everything'));
  };

  before(async function () {
    this.timeout(30_000);
    dataDir = await makeTemporaryFolder('start');
    env = { SALDO_DATA_DIR: dataDir };
    await start();
  });

  it('shows one screen: where it listens, where the data is, the first admin key and a request to try', async () => {
    key = /API key {3}(\S+) {3}\(admin; shown this once/.exec(running.stdout())?.[1] ?? '';
    expect(key).to.match(/^saldo_/);
    expect(running.stdout()).to.include(`Listens   ${running.url}\n`).and.to.include(dataDir);
    expect(running.stdout()).to.include(`curl -sS ${running.url}/v1/operations`).and.to.include(`Bearer '${key}`);
    await expectToServe();
  });

  it('has the demo catalogue, where it was asked for', async () => {
    const response = await fetch(`${running.url}/v1/orders/8`, { headers: { authorization: `Bearer ${key}` } });
    expect(await response.json()).to.include({ id: 8, user_id: '3', status: 'not submitted', amount: '60000.00' });
  });

  it('keeps a key for webhook secrets that nobody else can read', async () => {
    const { mode, size } = await stat(join(dataDir, 'secret.key'));
    expect({ mode: mode & 0o777, size }).to.deep.equal({ mode: 0o600, size: 45 });
    const response = await fetch(`${running.url}/v1/webhook-endpoints`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ url: 'https://example.com/hook' }),
    });
    expect(response.status).to.equal(201);
    await response.body?.cancel();
  });

  it('runs its gateway and its worker as a role that can change nothing of what was written for ever', async () => {
    const url = await runningUrl(dataDir);
    const client = new pg.Client(url);
    await client.connect();
    const { rows } = await client.query<{ usename: string; names: string[] }>(
      "select usename, array_agg(distinct application_name) as names from pg_stat_activity where application_name ~ '^saldo-(gateway|worker|bus|queue)' group by 1",
    );
    const may = await client.query(
      "select from pg_tables, unnest(array['update', 'delete']) as p where tablename in ('jobs', 'operations') and has_table_privilege('saldo_app', tablename, p)",
    );
    await client.end();
    expect(rows.map(({ usename }) => usename)).to.deep.equal(['saldo_app']);
    expect(rows[0]?.names).to.include.members(['saldo-gateway', 'saldo-worker', 'saldo-bus']);
    expect(may.rows).to.be.empty;
  });

  it('logs JSON lines, and no key', () => {
    for (const line of running.stderr().trim().split('\n'))
      expect(JSON.parse(line)).to.include.keys('level', 'message');
    expect(running.stderr()).not.to.include(key);
  });

  it('refuses to start twice on a data directory, in one line that says who has it', async () => {
    const { code, stdout, stderr } = await saldo(['start'], { ...env, PORT: '0' });
    expect({ code, stdout }).to.deep.equal({ code: 1, stdout: '' });
    expect(stderr)
      .to.match(/^saldo: the data directory .* is in use by "saldo start" \(pid \d+\).*\n$/)
      .and.to.include(`(pid ${running.pid})`);
  });

  it('starts a gateway that was killed again', async () => {
    const pid = await pidOf(GATEWAY, dataDir);
    process.kill(pid, 'SIGKILL');
    await until('another gateway serves', async () =>
      (await findProcesses(dataDir)).some((found) => GATEWAY.test(found.commandLine) && found.pid !== pid),
    );
    await until('it answers', () => fetch(`${running.url}/readyz`).then(({ ok }) => ok));
    await expectToServe();
  });

  it('starts a worker that was killed again', async () => {
    process.kill(await pidOf(WORKER, dataDir), 'SIGKILL');
    await expectToServe();
  });

  it('starts a Postgres that was killed again, and what was accepted is still there', async () => {
    process.kill(await pidOf(POSTGRES, dataDir), 'SIGKILL');
    await until('it says so', () => running.stderr().includes('postgres is up again'), { timeoutMs: 15_000 });
    await until('the gateway has found it', () => fetch(`${running.url}/readyz`).then(({ ok }) => ok), {
      timeoutMs: 15_000,
    });
    await expectToServe();
  });

  it('lets the other commands join it: keys are made, listed and revoked, the books are checked', async () => {
    const made = await saldo(['keys', 'create', '--name', 'shop', '--role', 'merchant'], env);
    expect(made.code, made.stderr).to.equal(0);
    const merchant = made.stdout.trim();
    deposited += 10;
    expect(await deposit(running.url, merchant)).to.deep.equal({ status: 200, balance: `${deposited}.00` });

    const listed = JSON.parse((await saldo(['keys', 'list', '--json'], env)).stdout) as {
      id: string;
      name: string;
      role: string;
    }[];
    expect(listed.map(({ name, role }) => ({ name, role }))).to.deep.equal([
      { name: 'first admin', role: 'admin' },
      { name: 'shop', role: 'merchant' },
    ]);

    const revoked = await saldo(['keys', 'revoke', listed[1]?.id ?? ''], env);
    expect(revoked.code, revoked.stderr).to.equal(0);
    await until('the key is refused', async () => (await deposit(running.url, merchant)).status === 401);
    const verified = await saldo(['verify'], env);
    expect(verified.code, verified.stdout).to.equal(0);
  });

  it('stops on Ctrl-C with code 0 and leaves nothing running, and the next start has all data and shows no key', async () => {
    expect((await running.stop('SIGINT')).code).to.equal(0);
    expect(await findProcesses(dataDir)).to.deep.equal([]);
    await start();
    expect(running.stdout()).not.to.include('saldo_');
    await expectToServe();
  });

  it('leaves nothing running when it is killed, and starts again', async () => {
    await running.stop('SIGKILL');
    await untilNoneIsLeft(dataDir);
    await start();
    await expectToServe();
  });

  it('starts at once after a kill, when its gateway, its worker and its Postgres have not noticed yet', async () => {
    await running.stop('SIGKILL');
    await start();
    await expectToServe();
  });

  it('starts again when all was killed but Postgres', async () => {
    const others = await Promise.all([GATEWAY, WORKER, GUARD].map((part) => pidOf(part, dataDir)));
    for (const pid of [running.pid, ...others]) process.kill(pid, 'SIGKILL');
    await running.ended;
    await pidOf(POSTGRES, dataDir);
    await start();
    await expectToServe();
  });

  it('stops on SIGTERM with code 0 and leaves nothing running', async () => {
    expect((await running.stop('SIGTERM')).code).to.equal(0);
    expect(await findProcesses(dataDir)).to.deep.equal([]);
  });
});
