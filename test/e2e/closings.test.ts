import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { connectDatabase, verify } from '@saldo/store';
import type { Problem } from '../support/contract.js';
import { download } from '../support/download.js';
import { capture, deposit, fresh, refund, reserve } from '../support/operations.js';
import { startOwnSaldo, type OwnSaldo } from '../support/own-saldo.js';
import { finishedReport, monthBefore, thisMonth, type ReportJob } from '../support/reports.js';
import { saldo as runSaldo } from '../support/saldo.js';
import { aMonthAgo, withSql } from '../support/sql.js';
import { makeTemporaryFolder } from '../support/temporary-folder.js';

describe('A month that is closed', function () {
  this.timeout(60_000);
  let own: OwnSaldo;
  const close = (month: string) =>
    own.admin.post<ReportJob>(`/v1/periods/${month}/close`, undefined, { prefer: 'wait=30' });
  const revenueOf = async (period: string): Promise<string> => {
    const { result } = await finishedReport(own.admin, { type: 'revenue', period });
    return (await download(own.gateway.url, result?.url)).text;
  };
  const differences = async (): Promise<readonly string[]> => {
    const database = connectDatabase(own.databaseUrl, { poolMax: 1, name: 'saldo-test' });
    try {
      return (await verify(database)).differences;
    } finally {
      await database.close();
    }
  };
  const sell = async (service: string, amount: string, back: string): Promise<void> => {
    const [user, orderId] = [fresh('user'), fresh('order')];
    await own.admin.given(
      deposit(user, '1000'),
      reserve(user, orderId, amount, { service_id: service }),
      capture(user, orderId, { service_id: service }),
      refund(user, orderId, service, { amount: back }),
    );
  };

  const lastMonth = monthBefore(thisMonth());
  let first: ReportJob;
  let closed: ReportJob;

  before(async () => {
    own = await startOwnSaldo();
    await own.admin.send('PUT', '/v1/services/cleaning', { json: { name: 'Cleaning' } });
    await sell('cleaning', '100', '30');
    await sell('catering', '7.5', '0.5');
    await aMonthAgo(own.databaseUrl);
    first = (await close(monthBefore(lastMonth))).body;
  });

  it('has ended: one that runs can not be closed', async () => {
    const { status, body } = await own.admin.post<Problem>(`/v1/periods/${thisMonth()}/close`, undefined);
    expect({ status, code: body.code }).to.deep.equal({ status: 409, code: 'conflict' });
    for (const month of ['2026-13', '202611', 'x'])
      expect((await own.admin.post(`/v1/periods/${month}/close`, undefined)).status).to.equal(400);
  });

  it('has a report: rows, totals, the trial balance, a hash, and the hash of the one before it', async () => {
    const { status, body } = await close(lastMonth);
    expect(status).to.equal(200);
    closed = body;
    expect(first.result).to.include({ rows: 0, total: '0.00' });
    expect(first.result?.closing).to.deep.include({ number: 1, completed: 0, previous: null });
    expect(body.result).to.include({ rows: 2, total: '77.00' });
    expect(body.result?.closing).to.deep.include({
      number: 2,
      month: lastMonth,
      completed: 8,
      rejected: 0,
      amount: '2245.50',
      trial_balance: { available: '1923.00', reserved: '0.00', external: '-2000.00', revenue: '77.00' },
      previous: first.result?.closing?.hash,
    });
    expect(body.result?.closing?.hash).to.match(/^[0-9a-f]{64}$/);
    expect((await download(own.gateway.url, body.result?.url)).text).to.equal('Cleaning;70.00\r\ncatering;7.00\r\n');
  });

  it('is closed once: asked again, the same report is answered', async () => {
    const { body } = await close(lastMonth);
    expect({ id: body.id, hash: body.result?.closing?.hash }).to.deep.equal({
      id: closed.id,
      hash: closed.result?.closing?.hash,
    });
    const list = await own.admin.readAll<{ period: string; hash: string }>('/v1/periods');
    expect(list.map(({ period, hash }) => [period, hash])).to.deep.equal([
      [lastMonth, closed.result?.closing?.hash],
      [monthBefore(lastMonth), first.result?.closing?.hash],
    ]);
    expect((await own.admin.send('DELETE', `/v1/reports/${closed.id}`)).status).to.equal(409);
  });

  it('keeps its report, whatever is applied or renamed later', async () => {
    await sell('cleaning', '50', '1');
    await own.admin.send('PUT', '/v1/services/cleaning', { json: { name: 'Renamed' } });
    expect(await revenueOf(lastMonth)).to.equal('Cleaning;70.00\r\ncatering;7.00\r\n');
    expect(await revenueOf(thisMonth())).to.equal('Renamed;49.00\r\n');
    expect(await differences()).to.deep.equal([]);
  });

  it('is fixed with all before it: an earlier one is not closed any more', async () => {
    expect((await close(monthBefore(monthBefore(lastMonth)))).status).to.equal(409);
  });

  it('gets nothing more, even if the clock is put back', async () => {
    // As if the month that runs had been closed by a clock that went ahead: now it is before the end of it.
    await withSql(own.databaseUrl, (client) =>
      client.query(`update closings set ends_at = ends_at + interval '1 month' where number = 2`),
    );
    await sell('late', '5', '1');
    const { rows } = await withSql(own.databaseUrl, (client) =>
      client.query<{ within: string }>(
        `select count(*) as within from operations, closings where service_id = 'late' and applied_at < ends_at`,
      ),
    );
    expect(rows[0]?.within).to.equal('0');
    await withSql(own.databaseUrl, (client) =>
      client.query(`update closings set ends_at = ends_at - interval '1 month' where number = 2`),
    );
  });

  it('can be checked by anybody who has the file and its manifest; a changed one is told', async () => {
    const folder = await makeTemporaryFolder('checked');
    const file = join(folder, String(closed.result?.filename));
    await writeFile(file, (await download(own.gateway.url, closed.result?.url)).bytes);
    await writeFile(`${file}.manifest.json`, (await download(own.gateway.url, closed.result?.manifest_url)).bytes);
    const check = async () => {
      const { code, stdout } = await runSaldo(['verify', '--report', file], {});
      return { code, isRight: stdout.includes('The report is as it was written.') };
    };
    expect(await check()).to.deep.equal({ code: 0, isRight: true });
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('70.00', '80.00'));
    expect(await check()).to.deep.equal({ code: 1, isRight: false });
    await writeFile(file, text);
    const manifest = await readFile(`${file}.manifest.json`, 'utf8');
    await writeFile(`${file}.manifest.json`, manifest.replace('"total": "77.00"', '"total": "87.00"'));
    expect(await check()).to.deep.equal({ code: 1, isRight: false });
    await writeFile(`${file}.manifest.json`, '{}');
    expect(await check()).to.deep.equal({ code: 1, isRight: false });
    const missing = await runSaldo(['verify', '--report', join(folder, 'none.csv')], {});
    expect(missing.code).to.equal(1);
    expect(missing.stderr).to.match(/^saldo: the report or its manifest can't be read: /);
  });

  for (const [what, change, back] of [
    [
      'a manifest that was rewritten',
      `update closings set manifest = replace(manifest, '77.00', '78.00') where number = 2`,
      `update closings set manifest = replace(manifest, '78.00', '77.00') where number = 2`,
    ],
    [
      'a closing before it that was rewritten with its hash',
      `create table kept as table closings;
       update closings set manifest = manifest || ' ', hash = encode(sha256(convert_to(manifest || ' ', 'UTF8')), 'hex') where number = 1`,
      `update closings c set manifest = k.manifest, hash = k.hash from kept k where k.number = c.number; drop table kept`,
    ],
    [
      'an operation that was changed',
      `alter table operations disable trigger all; update operations set amount = amount + 1 where type = 'capture'`,
      `update operations set amount = amount - 1 where type = 'capture'; alter table operations enable trigger all`,
    ],
    [
      'revenue that was changed',
      `update monthly_revenue set captured = captured + 1 where service_id = 'catering'`,
      `update monthly_revenue set captured = captured - 1 where service_id = 'catering'`,
    ],
    [
      'a line of its report that was changed',
      `update closing_lines set revenue = revenue + 1 where service_id = 'catering'`,
      `update closing_lines set revenue = revenue - 1 where service_id = 'catering'`,
    ],
  ] as const) {
    it(`is a link of a chain that verify follows; it tells ${what}`, async () => {
      await withSql(own.databaseUrl, (client) => client.query(change));
      const found = await differences();
      await withSql(own.databaseUrl, (client) => client.query(back));
      expect(found.join('\n')).to.match(/the chain of closed months|closed months against their operations/);
      expect(await differences()).to.deep.equal([]);
    });
  }
});
