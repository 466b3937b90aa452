import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { parse } from 'csv-parse/sync';
import { describeOnBothQueues } from '../support/both-queues.js';
import type { Job, Problem } from '../support/contract.js';
import { download } from '../support/download.js';
import { capture, deposit, fresh, refund, reserve, withdraw } from '../support/operations.js';
import { finishedReport, thisMonth, type ReportJob } from '../support/reports.js';

describeOnBothQueues('The revenue of a month', (saldo) => {
  const order = (body: object) => finishedReport(saldo.accountant, { type: 'revenue', period: thisMonth(), ...body });
  const bring = async (service: string, amount: string, back?: string): Promise<void> => {
    const [user, orderId] = [fresh('user'), fresh('order')];
    await saldo.merchant.given(
      deposit(user, amount),
      reserve(user, orderId, amount, { service_id: service }),
      capture(user, orderId, { service_id: service }),
      ...(back === undefined ? [] : [refund(user, orderId, service, { amount: back })]),
    );
  };
  const lineOf = async (name: string): Promise<string[] | undefined> => {
    const { text } = await download(saldo.gatewayUrl, (await order({})).result?.url);
    return parse(text, { delimiter: ';', recordDelimiter: '\r\n' }).find(([first]) => first === name);
  };

  it('is a line per service: its name, captures less refunds', async () => {
    const service = fresh('service');
    await bring(service, '100.50');
    await bring(service, '50', '0.5');
    expect(await lineOf(service)).to.deep.equal([service, '150.00']);
    await saldo.admin.send('PUT', `/v1/services/${service}`, { json: { name: `Named ${service}` } });
    expect(await lineOf(`Named ${service}`)).to.deep.equal([`Named ${service}`, '150.00']);
  });

  for (const name of [
    'with "quotes" and ;',
    'two\nlines',
    'two\r\nlines',
    'Услуги связи',
    '  leading and trailing ',
    "it's",
    '日本語',
  ]) {
    it(`has names as they are: ${JSON.stringify(name)}`, async () => {
      const service = fresh('service');
      const unique = `${name}${service}${name}`;
      await saldo.admin.send('PUT', `/v1/services/${service}`, { json: { name: unique } });
      await bring(service, '1');
      expect(await lineOf(unique)).to.deep.equal([unique, '1.00']);
    });
  }

  for (const name of ['=cmd()|calc!A1', '+1', '-1', '@SUM(A1)', '\t=1', ' =1', '＝1']) {
    it(`has no name that a spreadsheet would run: ${JSON.stringify(name)}`, async () => {
      const service = fresh('service');
      await saldo.admin.send('PUT', `/v1/services/${service}`, { json: { name: name + service } });
      await bring(service, '1');
      expect(await lineOf(`'${name}${service}`)).to.deep.equal([`'${name}${service}`, '1.00']);
    });
  }

  it('is an empty file, of no rows, where nothing was captured', async () => {
    const { result } = await order({ period: '2001-02' });
    expect(result).to.include({ rows: 0, bytes: 0, total: '0.00', filename: 'revenue-2001-02.csv' });
    expect((await download(saldo.gatewayUrl, result?.url)).text).to.equal('');
  });

  it('sums up to its total', async () => {
    await bring(fresh('service'), '0.0001');
    const { result } = await order({});
    const { text } = await download(saldo.gatewayUrl, result?.url);
    const units = parse(text, { delimiter: ';' }).map(([, sum = '']) => Math.round(Number(sum) * 10_000));
    expect(units.reduce((sum, one) => sum + one, 0)).to.equal(Math.round(Number(result?.total) * 10_000));
    expect(units.length).to.equal(result?.rows);
  });
});

describeOnBothQueues('A report', (saldo) => {
  const statementOf = (user: string, more: object = {}): object => ({
    type: 'statement',
    user_id: user,
    from: '2020-01-01T00:00:00Z',
    to: '2100-01-01T00:00:00Z',
    ...more,
  });

  it('is a job: 202, then long-polled, and in the list', async () => {
    const { status, body, headers } = await saldo.accountant.post<ReportJob>('/v1/reports', {
      type: 'revenue',
      period: thisMonth(),
      format: 'csv',
    });
    expect(status).to.equal(202);
    expect(headers['location']).to.equal(`/v1/jobs/${body.id}`);
    expect(body).to.include({ type: 'report', error: null });
    expect(body.request).to.deep.equal({ type: 'revenue', period: thisMonth(), format: 'csv' });
    const finished = (await saldo.accountant.job(body.id, 30)) as unknown as ReportJob;
    expect(finished).to.include({ status: 'completed', progress: 100 });
    expect(finished.result).to.include.keys('url', 'filename', 'rows', 'bytes', 'sha256', 'total', 'expires_at');
    const ids = async (query: string): Promise<string[]> =>
      (await saldo.accountant.readAll<Job>(`/v1/jobs?${query}`)).map((job) => job.id);
    expect(await ids('type=report&limit=100')).to.include(body.id);
    expect(await ids('type=report&status=completed&limit=100')).to.include(body.id);
    expect(await ids('type=report&status=failed')).not.to.include(body.id);
    const all = await ids('limit=200');
    expect(all).to.include(body.id).and.to.deep.equal(all.toSorted().toReversed());
  });

  it("is in the list of its user's jobs, between the operations", async () => {
    const user = fresh('user');
    const before = await saldo.merchant.finish(deposit(user, '1'));
    const report = await finishedReport(saldo.accountant, statementOf(user));
    const after = await saldo.merchant.finish(deposit(user, '1'));
    const jobs = await saldo.admin.readAll<Job>(`/v1/jobs?user_id=${user}&limit=1`);
    expect(jobs.map((job) => job.id)).to.deep.equal([after.id, report.id, before.id]);
  });

  it("is not a merchant's to order, to see or to download", async () => {
    const { status, body } = await saldo.merchant.post<Problem>('/v1/reports', {
      type: 'revenue',
      period: thisMonth(),
    });
    expect({ status, code: body.code }).to.deep.equal({ status: 403, code: 'forbidden' });
    const { id, result } = await finishedReport(saldo.accountant, { type: 'revenue', period: thisMonth() });
    expect((await saldo.merchant.get(`/v1/jobs/${id}`)).status).to.equal(404);
    expect((await saldo.merchant.send('DELETE', `/v1/reports/${id}`)).status).to.equal(403);
    expect((await saldo.merchant.get(pathOf(result?.url))).status).to.equal(403);
    expect((await saldo.merchant.post('/v1/periods/2001-01/close', {})).status).to.equal(403);
  });

  for (const [body, pointers] of [
    [{}, ['/type']],
    [{ type: 'profit' }, ['/type']],
    [{ type: 'closing', period: '2026-01' }, ['/type']],
    [{ type: 'revenue', period: '2026-13', format: 'pdf' }, ['/period', '/format']],
    [{ type: 'revenue', period: 202611 }, ['/period']],
    [{ type: 'statement', user_id: 'a b', from: 'yesterday' }, ['/user_id', '/from', '/to']],
    [statementOf('1', { from: '2026-02-01T00:00:00Z', to: '2026-01-01T00:00:00Z' }), ['/to']],
    [{ type: 'operations' }, ['']],
    [{ type: 'revenue', period: '2026-11', user_id: '1' }, ['/user_id']],
  ] as const) {
    it(`is refused, naming every bad field: ${JSON.stringify(body)}`, async () => {
      const answer = await saldo.accountant.post<Problem>('/v1/reports', body);
      expect(answer.status).to.equal(400);
      expect(answer.body.errors?.map((error) => error.pointer)).to.have.members([...pointers]);
    });
  }

  it('that is asked for again over the same data is the same file, and another one once the data changed', async () => {
    const user = fresh('user');
    await saldo.merchant.given(deposit(user, '5'));
    const first = await finishedReport(saldo.accountant, statementOf(user));
    const again = await finishedReport(saldo.admin, statementOf(user));
    expect(pathOf(again.result?.url)).to.equal(pathOf(first.result?.url));
    await saldo.merchant.given(withdraw(user, '1'));
    const changed = await finishedReport(saldo.accountant, statementOf(user));
    expect(pathOf(changed.result?.url)).not.to.equal(pathOf(first.result?.url));
    expect(changed.result?.total).to.equal('4.00');
  });

  it('is told in the feed of events, with paths that take a key', async () => {
    type Page = { after: string; data: { type: string; data: ReportJob }[] };
    const { body: now } = await saldo.accountant.get<Page>('/v1/events?after=now');
    const { id, result } = await finishedReport(saldo.accountant, statementOf(fresh('user')));
    const { body } = await saldo.accountant.get<Page>(`/v1/events?types=report.*&after=${now.after}`);
    const event = body.data.find(({ data }) => data.id === id);
    expect(event?.type).to.equal('report.completed');
    expect(event?.data.status).to.equal('completed');
    expect(event?.data.result).to.include({ url: pathOf(result?.url), sha256: result?.sha256, expires_at: null });
  });

  it('has an ETag, by which an unchanged one is 304', async () => {
    const { id } = await finishedReport(saldo.accountant, { type: 'revenue', period: thisMonth() });
    const { headers } = await saldo.accountant.get(`/v1/jobs/${id}`);
    const again = await saldo.accountant.get(`/v1/jobs/${id}`, { 'if-none-match': String(headers['etag']) });
    expect({ status: again.status, etag: again.headers['etag'] }).to.deep.equal({ status: 304, etag: headers['etag'] });
  });

  it('that has ended can not be cancelled; one that never was is not found', async () => {
    const { id } = await finishedReport(saldo.accountant, { type: 'revenue', period: thisMonth() });
    expect((await saldo.accountant.send('DELETE', `/v1/reports/${id}`)).status).to.equal(409);
    expect((await saldo.accountant.send('DELETE', `/v1/reports/${crypto.randomUUID()}`)).status).to.equal(404);
    expect((await saldo.accountant.send('DELETE', '/v1/reports/x')).status).to.equal(404);
  });
});

describeOnBothQueues("A report's file", (saldo) => {
  it('opens by its link for anybody, with its hash, its name and no guessing of its type', async () => {
    const { result } = await finishedReport(saldo.accountant, { type: 'trial-balance' });
    expect(Date.parse(String(result?.expires_at)) - Date.now()).to.be.within(880_000, 900_000);
    const { status, headers, bytes } = await download(saldo.gatewayUrl, result?.url);
    expect(status).to.equal(200);
    expect(createHash('sha256').update(bytes).digest('hex')).to.equal(result?.sha256);
    expect(bytes.length).to.equal(result?.bytes);
    expect(headers.get('content-disposition')).to.equal(`attachment; filename=${result?.filename}`);
    expect(headers.get('content-type')).to.equal('text/csv; charset=utf-8');
    expect(headers.get('x-content-type-options')).to.equal('nosniff');
  });

  it('opens without a link for an accountant and an admin', async () => {
    const { result } = await finishedReport(saldo.accountant, { type: 'trial-balance' });
    for (const client of [saldo.accountant, saldo.admin]) {
      const { status } = await client.download(pathOf(result?.url));
      expect(status).to.equal(200);
    }
    expect((await saldo.stranger().get(pathOf(result?.url))).status).to.equal(401);
  });

  it('opens for no link that is over, changed, or of another file', async () => {
    const { result } = await finishedReport(saldo.accountant, { type: 'trial-balance' });
    const url = new URL(String(result?.url), saldo.gatewayUrl);
    const changed = (change: (url: URL) => void): string => {
      const other = new URL(url);
      change(other);
      return other.pathname + other.search;
    };
    const expires = Number(url.searchParams.get('expires'));
    for (const path of [
      changed(({ searchParams }) => searchParams.set('expires', String(expires + 1))),
      changed(({ searchParams }) => searchParams.set('expires', String(expires - 100_000))),
      changed(({ searchParams }) => searchParams.set('signature', 'AAAA')),
      changed((other) => (other.pathname = other.pathname.replace('.csv', '.xlsx'))),
      changed((other) => (other.pathname += '.manifest.json')),
    ]) {
      expect((await saldo.stranger().get(path)).status, path).to.equal(403);
    }
  });

  it('is found at no path that is none of ours', async () => {
    for (const path of ['/reports/x/y.csv', '/reports/..%2f..%2fetc%2fpasswd/x', '/reports/%00/x']) {
      expect((await saldo.accountant.get(path)).status, path).to.be.oneOf([400, 404]);
    }
  });

  it('is sent in parts, and not at all to who has it', async () => {
    const { result } = await finishedReport(saldo.accountant, { type: 'trial-balance' });
    const whole = await download(saldo.gatewayUrl, result?.url);
    const part = await download(saldo.gatewayUrl, result?.url, { range: 'bytes=2-5' });
    expect({ status: part.status, text: part.text }).to.deep.equal({ status: 206, text: whole.text.slice(2, 6) });
    expect(part.headers.get('content-range')).to.equal(`bytes 2-5/${whole.bytes.length}`);
    const beyond = await download(saldo.gatewayUrl, result?.url, { range: 'bytes=99999999-' });
    expect(beyond.status).to.equal(416);
    expect(beyond.headers.get('content-range')).to.equal(`bytes */${whole.bytes.length}`);
    const known = await download(saldo.gatewayUrl, result?.url, {
      'if-none-match': String(whole.headers.get('etag')),
    });
    expect(known.status).to.equal(304);
  });
});

function pathOf(url: string | null | undefined): string {
  return String(url).split('?')[0] ?? '';
}
