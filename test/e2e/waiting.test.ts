import { expect } from 'chai';
import { describeOnBothQueues } from '../support/both-queues.js';
import type { Job } from '../support/contract.js';
import { deposit, fresh, withdraw } from '../support/operations.js';
import { elapsedMs } from '../support/elapsed.js';

const UNTIL_ANSWERED_MS = 900;

describeOnBothQueues('Whoever submits an operation', (saldo) => {
  it('has a receipt: 202, where its job is, and when to ask again', async () => {
    const user = fresh('user');
    const { status, headers, body } = await saldo.merchant.submit(deposit(user, '1'));
    expect(status).to.equal(202);
    expect(headers).to.include({ location: `/v1/jobs/${body.id}`, 'retry-after': '1' });
    expect(headers).not.to.have.property('preference-applied');
    expect(body).to.include({ type: 'deposit', status: 'queued', finished_at: null, result: null, error: null });
    expect(body.request).to.deep.equal({ type: 'deposit', user_id: user, amount: '1.00' });
    expect(await saldo.merchant.job(body.id, 30)).to.include({ status: 'completed', created_at: body.created_at });
  });

  it('has the finished job, 200, where they prefer to wait', async () => {
    const { status, headers, body } = await saldo.merchant.submit(deposit(fresh('user'), '1'), { prefer: 'wait=30' });
    expect(status).to.equal(200);
    expect(headers).to.include({ location: `/v1/jobs/${body.id}`, 'preference-applied': 'wait=30' });
    expect(headers).not.to.have.property('retry-after');
    expect(body.status).to.equal('completed');
  });

  it('has a refused one as finished too', async () => {
    const { status, body } = await saldo.merchant.submit(withdraw(fresh('nobody'), '1'), { prefer: 'wait=30' });
    expect({ status, ended: body.status }).to.deep.equal({ status: 200, ended: 'rejected' });
  });

  for (const [prefer, applied] of [
    ['wait=60', 'wait=30'],
    ['wait="5"', 'wait=5'],
    ['return=representation, WAIT = 7; foo=bar', 'wait=7'],
  ] as const) {
    it(`may write "Prefer: ${prefer}", of which "${applied}" is applied`, async () => {
      const { status, headers } = await saldo.merchant.submit(deposit(fresh('user'), '1'), { prefer });
      expect({ status, applied: headers['preference-applied'] }).to.deep.equal({ status: 200, applied });
    });
  }

  for (const prefer of ['wait=soon', 'wait=-1', 'wait', 'respond-async', 'wait=1.5']) {
    it(`is not made to wait by "Prefer: ${prefer}"`, async () => {
      const { status, headers } = await saldo.merchant.submit(deposit(fresh('user'), '1'), { prefer });
      expect(status).to.equal(202);
      expect(headers).not.to.have.property('preference-applied');
    });
  }

  it('has the receipt after all where it takes longer than they wait', async () => {
    const job = await saldo.whilePaused(async () => {
      const since = elapsedMs();
      const { status, headers, body } = await saldo.merchant.submit(deposit(fresh('user'), '1'), { prefer: 'wait=1' });
      expect(since()).to.be.within(UNTIL_ANSWERED_MS, 4_000);
      expect({ status, job: body.status }).to.deep.equal({ status: 202, job: 'queued' });
      expect(headers).to.include({ 'preference-applied': 'wait=1', 'retry-after': '1' });
      return body;
    });
    expect(await saldo.merchant.job(job.id, 30)).to.include({ status: 'completed' });
  });

  it('has a whole batch finished, or its receipts, in the order given', async () => {
    const user = fresh('user');
    const operations = [deposit(user, '3'), withdraw(user, '2'), withdraw(user, '2')];
    const finished = await saldo.merchant.submitBatch(operations, { prefer: 'wait=30' });
    expect(finished.status).to.equal(200);
    expect(finished.headers).to.include({ 'preference-applied': 'wait=30' });
    expect(finished.body.jobs.map((job) => job.error?.code ?? job.status)).to.deep.equal([
      'completed',
      'completed',
      'insufficient_funds',
    ]);

    await saldo.whilePaused(async () => {
      const accepted = await saldo.merchant.submitBatch(operations, { prefer: 'wait=1' });
      expect(accepted.status).to.equal(202);
      expect(accepted.headers).to.include({ 'preference-applied': 'wait=1', 'retry-after': '1' });
      expect(accepted.body.jobs.map(({ status, request }) => [status, request['amount']])).to.deep.equal([
        ['queued', '3.00'],
        ['queued', '2.00'],
        ['queued', '2.00'],
      ]);
    });
  });
});

describeOnBothQueues('Whoever asks for a job', (saldo) => {
  it('is answered at once where it is finished, however long they would wait', async () => {
    const job = await saldo.merchant.finish(deposit(fresh('user'), '1'));
    const since = elapsedMs();
    expect(await saldo.merchant.job(job.id, 30)).to.deep.equal(job);
    expect(since()).to.be.below(2_000);
  });

  it('is answered when it finishes', async () => {
    const { id, polls } = await saldo.whilePaused(async () => {
      const { body } = await saldo.merchant.submit(deposit(fresh('user'), '1'));
      const polls = Array.from({ length: 20 }, () => saldo.merchant.job(body.id, 30));
      expect(await saldo.merchant.job(body.id)).to.include({ status: 'queued' });
      return { id: body.id, polls };
    });
    const since = elapsedMs();
    for (const job of await Promise.all(polls)) expect(job).to.include({ id, status: 'completed' });
    expect(since()).to.be.below(10_000);
  });

  it('is answered with the job as it is when the time is up', async () => {
    await saldo.whilePaused(async () => {
      const { body } = await saldo.merchant.submit(deposit(fresh('user'), '1'));
      const since = elapsedMs();
      expect(await saldo.merchant.job(body.id, 1)).to.deep.equal(body);
      expect(since()).to.be.within(UNTIL_ANSWERED_MS, 4_000);
    });
  });

  it('may go away while they wait, and it finishes all the same', async () => {
    const accepted = await saldo.whilePaused(async () => {
      const { body } = await saldo.merchant.submit(deposit(fresh('user'), '1'));
      const impatience = new AbortController();
      const poll = saldo.merchant.send<Job>('GET', `/v1/jobs/${body.id}?wait=30`, { signal: impatience.signal });
      impatience.abort();
      expect(await poll.catch((error: Error) => error.name)).to.equal('AbortError');
      return body;
    });
    expect(await saldo.merchant.job(accepted.id, 30)).to.include({ status: 'completed' });
  });

  for (const wait of ['-1', '1.5', 'soon', '', '1e3000', '5&wait=6']) {
    it(`is told that wait=${wait} is no number of seconds`, async () => {
      const job = await saldo.merchant.finish(deposit(fresh('user'), '1'));
      const { status, body } = await saldo.merchant.get(`/v1/jobs/${job.id}?wait=${wait}`);
      expect(status).to.equal(400);
      expect(body).to.have.nested.property('errors[0].pointer', '/wait');
    });
  }
});
