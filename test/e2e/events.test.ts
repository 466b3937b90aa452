import { expect } from 'chai';
import { describeOnBothQueues } from '../support/both-queues.js';
import type { Client } from '../support/client.js';
import type { Job, Problem } from '../support/contract.js';
import { deposit, fresh, withdraw } from '../support/operations.js';

interface Event {
  readonly id: string;
  readonly type: string;
  readonly timestamp: string;
  readonly data: Job;
}

interface Feed {
  readonly data: readonly Event[];
  readonly next_cursor: string | null;
  readonly after: string;
}

describeOnBothQueues('The feed of events', (saldo) => {
  const now = async (client: Client): Promise<string> => (await client.get<Feed>('/v1/events?after=now')).body.after;

  /** All that there is after a point. */
  async function readAfter(client: Client, after: string, query = ''): Promise<Event[]> {
    const events: Event[] = [];
    for (let next: string | null = after; next !== null;) {
      const { body }: { body: Feed } = await client.get<Feed>(`/v1/events?after=${next}${query}`);
      events.push(...body.data);
      next = body.next_cursor;
    }
    return events;
  }

  it('says what the webhooks say, in the order in which it happened to a user', async () => {
    const after = await now(saldo.merchant);
    const user = fresh('user');
    const jobs = await saldo.merchant.finishAll([deposit(user, '3'), withdraw(user, '9'), withdraw(user, '1')]);
    expect(await readAfter(saldo.merchant, after)).to.deep.equal(
      jobs.map((job) => ({ id: job.id, type: `operation.${job.status}`, timestamp: job.finished_at, data: job })),
    );
  });

  it('goes on from the id of an event, in pages of any size', async () => {
    const user = fresh('user');
    const jobs = await saldo.merchant.finishAll(Array.from({ length: 30 }, () => deposit(user, '1')));
    const ids = jobs.map((job) => job.id);
    for (const limit of [1, 7, 29, 200]) {
      const events = await readAfter(saldo.merchant, ids[0] ?? '', `&limit=${limit}`);
      expect(events.map((event) => event.id)).to.deep.equal(ids.slice(1));
    }
    expect((await saldo.otherMerchant.get<Problem>(`/v1/events?after=${ids[0]}`)).body.code).to.equal(
      'validation_failed',
    );
  });

  it("has a merchant's own events; accountants and admins have all", async () => {
    const [mine, all] = [await now(saldo.merchant), await now(saldo.admin)];
    const job = await saldo.merchant.finish(deposit(fresh('user'), '1'));
    const theirs = await saldo.otherMerchant.finish(deposit(fresh('user'), '1'));
    expect((await readAfter(saldo.merchant, mine)).map(({ id }) => id)).to.deep.equal([job.id]);
    for (const client of [saldo.admin, saldo.accountant]) {
      expect((await readAfter(client, all)).map(({ id }) => id)).to.have.members([job.id, theirs.id]);
    }
  });

  it('has the types that are asked for', async () => {
    const after = await now(saldo.merchant);
    const user = fresh('user');
    const [paid, refused] = await saldo.merchant.finishAll([deposit(user, '3'), withdraw(user, '9')]);
    const ids = async (types: string): Promise<string[]> =>
      (await readAfter(saldo.merchant, after, `&types=${types}`)).map(({ id }) => id);
    expect(await ids('operation.rejected')).to.deep.equal([refused?.id]);
    expect(await ids('report.*,operation.completed')).to.deep.equal([paid?.id]);
    expect(await ids('*')).to.deep.equal([paid?.id, refused?.id]);
    for (const query of ['types=money.*', 'types=', 'after=x', 'after=-1', 'limit=201', 'cursor=1']) {
      expect((await saldo.merchant.get(`/v1/events?${query}`)).status, query).to.equal(400);
    }
  });

  it('skips nothing and repeats nothing for whoever reads along, while all lanes are written at once', async () => {
    const after = await now(saldo.admin);
    const users = Array.from({ length: 40 }, () => fresh('user'));
    let isDone = false;
    const read: Event[] = [];
    const readAlong = async (): Promise<void> => {
      for (let next = after, last = false; ;) {
        last = isDone;
        const { body } = await saldo.admin.get<Feed>(`/v1/events?after=${next}&limit=37`);
        read.push(...body.data);
        next = body.after;
        if (last && body.next_cursor === null) return;
      }
    };
    const reading = readAlong();
    const batches = Array.from({ length: 40 }, () => users.map((user) => deposit(user, '1')));
    await Promise.all(
      batches.map((batch) => saldo.merchant.submitBatch<{ jobs: Job[] }>(batch, { prefer: 'wait=30' })),
    );
    isDone = true;
    await reading;
    expect(read.length).to.equal(batches.length * users.length);
    expect(read.map(({ id }) => id)).to.deep.equal((await readAfter(saldo.admin, after)).map(({ id }) => id));
    for (const user of users) {
      const sequences = read
        .filter(({ data }) => data.request['user_id'] === user)
        .map(({ data }) => data.result?.entries.find((entry) => entry.user_id === user)?.sequence);
      expect(sequences).to.deep.equal(batches.map((_, index) => index + 1));
    }
  });
});
