import { expect } from 'chai';
import { describeOnBothQueues } from '../support/both-queues.js';
import type { Client } from '../support/client.js';
import type { FieldError, Job } from '../support/contract.js';
import { deposit, fresh, transfer } from '../support/operations.js';

const key = (): string => fresh('key');

describeOnBothQueues('An Idempotency-Key', (saldo) => {
  async function balanceOf(user: string): Promise<unknown> {
    const { status, body } = await saldo.merchant.get<{ available: string }>(`/v1/users/${user}/balance`);
    return status === 404 ? undefined : body.available;
  }

  it('brings the same job however often it is sent, and says so from the second time on', async () => {
    const [user, header] = [fresh('user'), { 'idempotency-key': key() }];
    const first = await saldo.merchant.submit(deposit(user, '7'), header);
    expect(first.headers).not.to.have.property('idempotent-replayed');
    const finished = await saldo.merchant.job(first.body.id, 30);
    const again = await saldo.merchant.submit(deposit(user, '7'), header);
    expect(again.status).to.equal(202);
    expect(again.headers).to.include({ 'idempotent-replayed': 'true', location: `/v1/jobs/${first.body.id}` });
    expect(again.body).to.deep.equal(finished);
    const waited = await saldo.merchant.submit(deposit(user, '7'), { ...header, prefer: 'wait=30' });
    expect(waited.status).to.equal(200);
    expect(waited.body).to.deep.equal(finished);
    expect(await balanceOf(user)).to.equal('7.00');
  });

  it('is the same with and without quotes, and however equal requests are written', async () => {
    const [user, name] = [fresh('user'), key()];
    const { body } = await saldo.merchant.submit(
      { type: 'deposit', user_id: user, amount: '7', metadata: { a: 1, b: 2 } },
      { 'idempotency-key': name },
    );
    const other = `{"metadata":{"b":2,"a":1},"amount":7.00,"user_id":${JSON.stringify(user)},"type":"deposit"}`;
    const again = await saldo.merchant.send<Job>('POST', '/v1/operations', {
      text: other,
      headers: { 'idempotency-key': `"${name}"` },
    });
    expect(again.body.id).to.equal(body.id);
    expect(again.headers).to.include({ 'idempotent-replayed': 'true' });
  });

  it('sent 50 times at once makes one job, applied once, and 50 equal answers', async () => {
    const [user, headers] = [fresh('user'), { 'idempotency-key': key(), prefer: 'wait=30' }];
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => saldo.merchant.submit(deposit(user, '7'), headers)),
    );
    expect(new Set(answers.map(({ status }) => status))).to.deep.equal(new Set([200]));
    expect(new Set(answers.map(({ text }) => text)).size).to.equal(1);
    expect(answers.filter(({ headers: { 'idempotent-replayed': replayed } }) => replayed === 'true')).to.have.length(
      49,
    );
    expect(await balanceOf(user)).to.equal('7.00');
    expect(await saldo.merchant.readAll(`/v1/jobs?user_id=${user}`)).to.have.length(1);
  });

  it('used for another operation is refused, and that one is not accepted', async () => {
    const [user, header] = [fresh('user'), { 'idempotency-key': key() }];
    await saldo.merchant.submit(deposit(user, '7'), header);
    for (const other of [
      deposit(user, '8'),
      deposit(user, '7', { description: 'more' }),
      deposit(fresh('user'), '7'),
    ]) {
      const { status, body } = await saldo.merchant.submit(other, header);
      expect(status).to.equal(422);
      expect(body).to.include({ code: 'idempotency_mismatch' });
    }
    expect(await saldo.merchant.readAll(`/v1/jobs?user_id=${user}`)).to.have.length(1);
  });

  it('used at once for 20 different operations is given to one of them', async () => {
    const [users, header] = [Array.from({ length: 20 }, () => fresh('user')), { 'idempotency-key': key() }];
    const answers = await Promise.all(users.map((user) => saldo.merchant.submit(deposit(user, '7'), header)));
    expect(answers.map(({ status }) => status)).to.have.members([202, ...Array<number>(19).fill(422)]);
  });

  it('is not burnt by a malformed request', async () => {
    const [user, header] = [fresh('user'), { 'idempotency-key': key() }];
    expect((await saldo.merchant.submit(deposit(user, '-7'), header)).status).to.equal(400);
    expect((await saldo.merchant.send('POST', '/v1/operations', { text: '{', headers: header })).status).to.equal(400);
    const { status, headers } = await saldo.merchant.submit(deposit(user, '7'), header);
    expect(status).to.equal(202);
    expect(headers).not.to.have.property('idempotent-replayed');
  });

  it("is an API key's own", async () => {
    const [user, header] = [fresh('user'), { 'idempotency-key': key() }];
    const mine = await saldo.merchant.submit(deposit(user, '7'), header);
    const theirs = await saldo.otherMerchant.submit(deposit(user, '7'), header);
    expect(theirs.status).to.equal(202);
    expect(theirs.body.id).not.to.equal(mine.body.id);
    await saldo.otherMerchant.job(theirs.body.id, 30);
    expect(await saldo.merchant.job(mine.body.id, 30)).to.include({ status: 'completed' });
    expect(await balanceOf(user)).to.equal('14.00');
  });

  it('may have 255 characters and all that are visible', async () => {
    const visible = Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index)).join('');
    for (const name of [`${key()}${'k'.repeat(255)}`.slice(0, 255), `${key()}${visible}`]) {
      expect((await saldo.merchant.submit(deposit(fresh('user'), '7'), { 'idempotency-key': name })).status).to.equal(
        202,
      );
    }
  });

  for (const [title, name] of [
    ['empty', ''],
    ['of two quotes alone', '""'],
    ['of 256 characters', 'k'.repeat(256)],
    ['with a blank', 'a b'],
    ['with a letter beyond ASCII', 'é'],
  ] as const) {
    it(`${title} is refused`, async () => {
      const { status, body } = await saldo.merchant.submit<{ errors: FieldError[] }>(deposit(fresh('user'), '7'), {
        'idempotency-key': name,
      });
      expect(status).to.equal(400);
      expect(body.errors.map(({ pointer }) => pointer)).to.deep.equal(['Idempotency-Key']);
    });
  }
});

describeOnBothQueues('An idempotency_key in a batch', (saldo) => {
  const idsOf = async (client: Client, operations: readonly unknown[]): Promise<string[]> => {
    const { status, body, text } = await client.submitBatch(operations);
    expect(status, text).to.equal(202);
    return body.jobs.map((job) => job.id);
  };

  it('brings the same job, also in another batch, beside new ones, and from a single request', async () => {
    const [user, name] = [fresh('user'), key()];
    const keyed = { ...deposit(user, '7'), idempotency_key: name };
    const [first, second] = await idsOf(saldo.merchant, [deposit(user, '1'), keyed]);
    const again = await idsOf(saldo.merchant, [keyed, deposit(user, '1'), deposit(user, '2')]);
    expect(again[0]).to.equal(second);
    expect(new Set([first, ...again]).size).to.equal(4);
    const single = await saldo.merchant.submit(deposit(user, '7'), { 'idempotency-key': name });
    expect(single.body.id).to.equal(second);
    expect(single.headers).to.include({ 'idempotent-replayed': 'true' });
    await Promise.all(again.map((id) => saldo.merchant.job(id, 30)));
    expect((await saldo.merchant.get(`/v1/users/${user}/balance`)).body).to.include({ available: '11.00' });
  });

  it('stands for one job where the batch has it twice', async () => {
    const [user, name] = [fresh('user'), key()];
    const keyed = { ...deposit(user, '7'), idempotency_key: name };
    const [first, second, third] = await idsOf(saldo.merchant, [keyed, deposit(user, '1'), keyed]);
    expect(third).to.equal(first);
    expect(second).not.to.equal(first);
  });

  it('used for another operation has the whole batch refused, and says where', async () => {
    const [user, name] = [fresh('user'), key()];
    await saldo.merchant.given({ ...deposit(user, '7'), idempotency_key: name });
    const { status, body } = await saldo.merchant.submitBatch<{ code: string; errors: FieldError[] }>([
      deposit(user, '1'),
      { ...transfer(user, fresh('user'), '1'), idempotency_key: name },
      deposit(user, '1'),
    ]);
    expect(status).to.equal(422);
    expect(body.code).to.equal('idempotency_mismatch');
    expect(body.errors.map(({ pointer }) => pointer)).to.deep.equal(['/operations/1/idempotency_key']);
    expect(await saldo.merchant.readAll(`/v1/jobs?user_id=${user}`)).to.have.length(1);
  });

  it('used for two operations of one batch has the whole batch refused', async () => {
    const [user, name] = [fresh('user'), key()];
    const { status } = await saldo.merchant.submitBatch([
      { ...deposit(user, '1'), idempotency_key: name },
      { ...deposit(user, '2'), idempotency_key: name },
    ]);
    expect(status).to.equal(422);
    expect(await saldo.merchant.readAll(`/v1/jobs?user_id=${user}`)).to.deep.equal([]);
  });

  it('that many batches share at once is applied once', async () => {
    const user = fresh('user');
    const operations = Array.from({ length: 20 }, (_, index) => ({
      ...deposit(user, String(index + 1)),
      idempotency_key: key(),
    }));
    const shuffled = (by: number): typeof operations => [...operations.slice(by), ...operations.slice(0, by)];
    const answers = await Promise.all(
      operations.map((_, by) => saldo.merchant.submitBatch(shuffled(by), { prefer: 'wait=30' })),
    );
    expect(new Set(answers.map(({ status }) => status))).to.deep.equal(new Set([200]));
    expect(new Set(answers.flatMap(({ body }) => body.jobs.map((job) => job.id))).size).to.equal(20);
    expect((await saldo.merchant.get(`/v1/users/${user}/balance`)).body).to.include({ available: '210.00' });
  });

  for (const [title, name] of [
    ['empty', ''],
    ['with a blank', 'a b'],
    ['of 256 characters', 'k'.repeat(256)],
    ['a number', 7],
    ['null', null],
  ] as const) {
    it(`that is ${title} is refused`, async () => {
      const { status, body } = await saldo.merchant.submitBatch<{ errors: FieldError[] }>([
        { ...deposit(fresh('user'), '7'), idempotency_key: name },
      ]);
      expect(status).to.equal(400);
      expect(body.errors.map(({ pointer }) => pointer)).to.deep.equal(['/operations/0/idempotency_key']);
    });
  }
});
