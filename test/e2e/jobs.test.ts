import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { describeOnBothQueues } from '../support/both-queues.js';
import type { Job, Page, Problem } from '../support/contract.js';
import { deposit, fresh, transfer, withdraw } from '../support/operations.js';

describeOnBothQueues('A job', (saldo) => {
  it("is its sender's to see, not another merchant's; accountants and admins see all", async () => {
    const job = await saldo.merchant.finish(deposit(fresh('user'), '1'));
    expect((await saldo.otherMerchant.get(`/v1/jobs/${job.id}`)).status).to.equal(404);
    expect((await saldo.otherMerchant.get(`/v1/jobs/${job.id}?wait=1`)).status).to.equal(404);
    for (const client of [saldo.merchant, saldo.accountant, saldo.admin])
      expect(await client.job(job.id)).to.deep.equal(job);
  });

  for (const id of [
    randomUUID(),
    '0',
    'null',
    '00000000-0000-0000-0000-000000000000',
    `${randomUUID()}x`,
    '%00',
    "'",
    '..%2f',
  ]) {
    it(`that was never given out is not found: ${id}`, async () => {
      const { status, body } = await saldo.admin.get<Problem>(`/v1/jobs/${id}?wait=5`);
      expect({ status, code: body.code }).to.deep.equal({ status: 404, code: 'not_found' });
    });
  }

  it('has an ETag that changes when it finishes; with it, 304 and no body until then', async () => {
    const queued = await saldo.whilePaused(async () => {
      const { body } = await saldo.merchant.submit(deposit(fresh('user'), '1'));
      const first = await saldo.merchant.get<Job>(`/v1/jobs/${body.id}`);
      const again = await saldo.merchant.get(`/v1/jobs/${body.id}`, { 'if-none-match': String(first.headers['etag']) });
      expect({ status: again.status, text: again.text, etag: again.headers['etag'] }).to.deep.equal({
        status: 304,
        text: '',
        etag: first.headers['etag'],
      });
      return first;
    });
    await saldo.merchant.job(queued.body.id, 30);
    const finished = await saldo.merchant.get(`/v1/jobs/${queued.body.id}`, {
      'if-none-match': String(queued.headers['etag']),
    });
    expect(finished.status).to.equal(200);
    expect(finished.headers['etag']).to.be.a('string').and.not.equal(queued.headers['etag']);
  });

  for (const asked of [
    (etag: string) => ({ 'if-none-match': `"other", W/${etag}` }),
    () => ({ 'if-none-match': '*' }),
    // What the fetch of browsers and of Node adds by itself.
    (etag: string) => ({ 'if-none-match': etag, 'cache-control': 'no-cache', pragma: 'no-cache' }),
  ]) {
    it(`that is unchanged is 304 for ${JSON.stringify(asked('"etag"'))}`, async () => {
      const { id } = await saldo.merchant.finish(deposit(fresh('user'), '1'));
      const { headers } = await saldo.merchant.get(`/v1/jobs/${id}`);
      expect((await saldo.merchant.get(`/v1/jobs/${id}`, asked(String(headers['etag'])))).status).to.equal(304);
    });
  }
});

describeOnBothQueues('The list of jobs', (saldo) => {
  it('has the newest first, each as it is read by its id', async () => {
    const user = fresh('user');
    const jobs = await saldo.merchant.finishAll([deposit(user, '3'), withdraw(user, '1'), withdraw(user, '9')]);
    expect(await saldo.merchant.readAll(`/v1/jobs?user_id=${user}`)).to.deep.equal(jobs.toReversed());
  });

  it('can be had by status, by type, by user, and by all of them', async () => {
    const [ann, bob] = [fresh('ann'), fresh('bob')];
    await saldo.merchant.given(deposit(ann, '5'), transfer(ann, bob, '1'), deposit(bob, '1'));
    const [refused] = await saldo.merchant.finishAll([withdraw(ann, '50')]);
    const list = async (query: string): Promise<string[]> =>
      (await saldo.merchant.readAll<Job>(`/v1/jobs?${query}`)).map(({ type, status }) => `${type} ${status}`);

    expect(await list(`user_id=${ann}`)).to.deep.equal([
      'withdraw rejected',
      'transfer completed',
      'deposit completed',
    ]);
    expect(await list(`user_id=${ann}&status=rejected`)).to.deep.equal(['withdraw rejected']);
    expect(await list(`user_id=${ann}&status=completed`)).to.deep.equal(['transfer completed', 'deposit completed']);
    expect(await list(`user_id=${ann}&type=transfer`)).to.deep.equal(['transfer completed']);
    expect(await list(`user_id=${ann}&type=deposit&status=rejected`)).to.deep.equal([]);
    expect(await list(`user_id=${ann}&status=queued`)).to.deep.equal([]);
    expect(await list(`user_id=${ann}&status=failed`)).to.deep.equal([]);
    const { body } = await saldo.merchant.get<Page<Job>>('/v1/jobs?status=rejected&type=withdraw&limit=1');
    expect(body.data).to.deep.equal([refused]);
  });

  it('shows what is queued', async () => {
    const user = fresh('user');
    await saldo.whilePaused(async () => {
      const { body } = await saldo.merchant.submit(deposit(user, '1'));
      expect(await saldo.merchant.readAll(`/v1/jobs?status=queued&user_id=${user}`)).to.deep.equal([body]);
      expect(await saldo.merchant.readAll(`/v1/jobs?status=completed&user_id=${user}`)).to.deep.equal([]);
    });
  });

  it("is of a merchant's own jobs; accountants and admins have all", async () => {
    const user = fresh('user');
    const mine = await saldo.merchant.finish(deposit(user, '1'));
    const theirs = await saldo.otherMerchant.finish(deposit(user, '2'));
    const path = `/v1/jobs?user_id=${user}`;
    expect(await saldo.merchant.readAll(path)).to.deep.equal([mine]);
    expect(await saldo.otherMerchant.readAll(path)).to.deep.equal([theirs]);
    for (const client of [saldo.accountant, saldo.admin])
      expect(await client.readAll(path)).to.deep.equal([theirs, mine]);
  });

  it('has 50 on a page, or as many as asked for up to 200, and each once over all pages', async () => {
    const user = fresh('user');
    const jobs = await saldo.merchant.finishAll(
      Array.from({ length: 230 }, (_, index) => deposit(user, `${index + 1}`)),
    );
    const expected = jobs.map((job) => job.id).toReversed();
    for (const [query, size] of [
      ['', 50],
      ['&limit=1', 1],
      ['&limit=200', 200],
      ['&limit=115', 115],
    ] as const) {
      const { body } = await saldo.merchant.get<Page<Job>>(`/v1/jobs?user_id=${user}${query}`);
      expect(body.data.map((job) => job.id)).to.deep.equal(expected.slice(0, size));
      expect(body.next_cursor).to.be.a('string');
    }
    for (const query of ['', '&limit=7', '&limit=115', '&limit=200', '&status=completed&type=deposit&limit=100']) {
      const all = await saldo.merchant.readAll<Job>(`/v1/jobs?user_id=${user}${query}`);
      expect(all.map((job) => job.id)).to.deep.equal(expected);
    }
  });

  it('pages on where it was, while jobs are added', async () => {
    const user = fresh('user');
    const jobs = await saldo.merchant.finishAll(Array.from({ length: 7 }, () => deposit(user, '1')));
    const path = `/v1/jobs?user_id=${user}&limit=3`;
    const first = await saldo.merchant.get<Page<Job>>(path);
    await saldo.merchant.given(deposit(user, '2'), deposit(user, '2'));
    const rest = await saldo.merchant.readAll<Job>(`${path}&cursor=${first.body.next_cursor}`);
    expect([...first.body.data, ...rest]).to.deep.equal(jobs.toReversed());
  });
});
