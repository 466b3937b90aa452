import { expect } from 'chai';
import { describeOnBothQueues } from '../support/both-queues.js';
import type { Client } from '../support/client.js';
import type { Job } from '../support/contract.js';
import { deposit, fresh, transfer, withdraw } from '../support/operations.js';

interface HistoryEntry {
  readonly job_id: string;
  readonly amount: string;
  readonly sequence: number;
}

const ORDERED = 200;
const BUSY_CLIENTS = 30;

describeOnBothQueues('The order', (saldo) => {
  const historyOf = (user: string): Promise<HistoryEntry[]> =>
    saldo.admin.readAll<HistoryEntry>(`/v1/users/${user}/operations?sort=created_at&limit=200`);

  it('of 200 operations that a user sends one after another is kept while 30 other clients are busy', async function () {
    this.timeout(60_000);
    const user = fresh('user');
    const rush = new AbortController();
    const busy = Array.from({ length: BUSY_CLIENTS }, () => keepBusy(saldo.otherMerchant, rush.signal));
    const sent: Job[] = [];
    for (let index = 0; index < ORDERED; index += 1) {
      const operation =
        index % 4 === 3 ? withdraw(user, `0.${String(index).padStart(4, '0')}`) : deposit(user, String(index + 1));
      sent.push((await saldo.merchant.submit(operation)).body);
    }
    const last = await saldo.merchant.job(sent.at(-1)?.id ?? '', 30);
    rush.abort();
    const requests = (await Promise.all(busy)).reduce((sum, count) => sum + count, 0);

    expect(last).to.include({ status: 'completed' });
    expect(requests).to.be.at.least(BUSY_CLIENTS);
    const applied = await historyOf(user);
    expect(applied.map((entry) => entry.job_id)).to.deep.equal(sent.map((job) => job.id));
    expect(applied.map((entry) => entry.sequence)).to.deep.equal(sent.map((_, index) => index + 1));
  });

  it('gives way to priorities: high overtakes normal, normal overtakes low, and each keeps its own order', async () => {
    const user = fresh('user');
    await saldo.merchant.given(deposit(user, '100'));
    await saldo.whilePaused(async () => {
      for (const [priority, amount] of [
        ['low', '1'],
        ['normal', '2'],
        ['high', '3'],
        ['low', '4'],
        [undefined, '5'],
        ['high', '6'],
      ] as const) {
        const { status } = await saldo.merchant.submit({ ...withdraw(user, amount), priority });
        expect(status).to.equal(202);
      }
    });
    const jobs = await saldo.merchant.readAll<Job>(`/v1/jobs?user_id=${user}`);
    await Promise.all(jobs.map((job) => saldo.merchant.job(job.id, 30)));
    const [, ...applied] = await historyOf(user);
    expect(applied.map((entry) => entry.amount)).to.deep.equal(['3.00', '6.00', '2.00', '5.00', '1.00', '4.00']);
  });

  it('of a batch with several priorities is the same', async () => {
    const user = fresh('user');
    const amounts = await saldo.whilePaused(async () => {
      const { body } = await saldo.merchant.submitBatch([
        { ...withdraw(user, '1'), priority: 'low' },
        { ...withdraw(user, '2'), priority: 'normal' },
        { ...deposit(user, '50'), priority: 'high' },
      ]);
      return body.jobs.map((job) => job.id);
    });
    const jobs = await Promise.all(amounts.map((id) => saldo.merchant.job(id, 30)));
    expect(jobs.map((job) => job.status)).to.deep.equal(['completed', 'completed', 'completed']);
    expect((await historyOf(user)).map((entry) => entry.amount)).to.deep.equal(['50.00', '2.00', '1.00']);
  });
});

/** Sends operations of other users, one after another, until the rush is over; answers how many requests it sent. */
async function keepBusy(client: Client, rush: AbortSignal): Promise<number> {
  const [ann, bob] = [fresh('busy'), fresh('busy')];
  let requests = 0;
  for (
    const next = inTurn(deposit(ann, '3'), transfer(ann, bob, '1'), withdraw(bob, '0.5'));
    !rush.aborted;
    requests += 1
  ) {
    const { status } = await (requests % 10 === 9
      ? client.submitBatch([next(), next(), next()])
      : client.submit(next()));
    expect(status).to.equal(202);
  }
  return requests;
}

function inTurn<T>(...all: readonly T[]): () => T | undefined {
  let index = 0;
  return () => all[index++ % all.length];
}
