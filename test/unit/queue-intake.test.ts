import { Intake, OverloadedError } from '@saldo/queue';
import { expect } from 'chai';

interface NewJob {
  readonly apiKeyId: number;
  readonly idempotencyKey: string | undefined;
  readonly request: string;
}

interface AcceptedJob {
  readonly lane: number;
  readonly priority: 'normal' | 'high';
  readonly position: number;
  readonly request: string;
  readonly replayed: boolean;
}

type Accepted = { kind: 'accepted'; jobs: AcceptedJob[] } | { kind: 'mismatched'; indexes: number[] };

/** An accept that answers when the test says so, as a busy Postgres does. */
class SlowStore {
  readonly calls: string[][][] = [];
  readonly #answers: ((error?: Error) => void)[] = [];
  #position = 0;

  readonly accept = (submissions: readonly (readonly NewJob[])[]): Promise<Accepted[]> => {
    this.calls.push(submissions.map((jobs) => jobs.map((job) => job.request)));
    return new Promise((resolve, reject) => {
      this.#answers.push((error) => {
        if (error !== undefined) reject(error);
        else resolve(submissions.map((jobs) => this.#place(jobs)));
      });
    });
  };

  /** Waits until it is asked for the n-th time (from 1), then answers that, or fails. */
  async answer(call: number, error?: Error): Promise<void> {
    while (this.#answers[call - 1] === undefined) await new Promise((resolve) => setImmediate(resolve));
    this.#answers[call - 1]?.(error);
  }

  #place(jobs: readonly NewJob[]): Accepted {
    if (jobs.some((job) => job.request === 'mismatched')) return { kind: 'mismatched', indexes: [0] };
    return {
      kind: 'accepted',
      jobs: jobs.map(({ request }) => ({
        lane: request.length % 2,
        priority: request.startsWith('!') ? 'high' : 'normal',
        position: ++this.#position,
        request,
        replayed: false,
      })),
    };
  }
}

describe('The intake', () => {
  let store: SlowStore;
  let woken: string[];
  let intake: Intake<NewJob, AcceptedJob>;
  let backlog: number;

  beforeEach(() => {
    store = new SlowStore();
    woken = [];
    backlog = 0;
    intake = new Intake<NewJob, AcceptedJob>({
      accept: store.accept,
      wake: ({ lane, priority, last }) => void woken.push(`${lane} ${priority} ${last}`),
      flushMax: 5,
      waitingMax: 20,
      backlog: () => backlog,
      backlogMax: 100,
    });
  });

  const job = (request: string, idempotencyKey?: string, apiKeyId = 1): NewJob => ({
    apiKeyId,
    idempotencyKey,
    request,
  });
  const submit = (...requests: string[]): Promise<unknown> => intake.submit(requests.map((request) => job(request)));

  it('accepts at once what comes when nothing is under way, and what comes in the same moment with it', async () => {
    const answers = [submit('a'), submit('b', 'c')];
    await store.answer(1);
    expect(store.calls).to.deep.equal([[['a'], ['b', 'c']]]);
    expect(await Promise.all(answers)).to.have.deep.nested.property('[1].jobs[1].position', 3);
  });

  it('turns more away while too much waits to be applied', async () => {
    backlog = 100;
    expect(await submit('a').catch((error: unknown) => error)).to.be.instanceOf(OverloadedError);
    backlog = 99;
    const answer = submit('a');
    await store.answer(1);
    expect(await answer).to.have.property('kind', 'accepted');
    expect(store.calls).to.have.length(1);
  });

  it('gathers what comes while a flush is under way, and accepts it with the next one, in order', async () => {
    const first = submit('a');
    const asked = store.answer(1);
    await new Promise((resolve) => setImmediate(resolve));
    const later = [submit('b'), submit('c'), submit('d')];
    await asked;
    await first;
    await store.answer(2);
    await Promise.all(later);
    expect(store.calls).to.deep.equal([[['a']], [['b'], ['c'], ['d']]]);
  });

  it('takes no further submission into a flush that has its fill, and splits none', async () => {
    const answers = [submit('a', 'b', 'c'), submit('d', 'e', 'f'), submit('g')];
    await store.answer(1);
    await store.answer(2);
    await Promise.all(answers);
    expect(store.calls.map((call) => call.flat().join(''))).to.deep.equal(['abcdef', 'g']);
  });

  it('wakes each lane and priority that accepted something, once a flush, for its last position', async () => {
    const answers = [submit('a', 'bb'), submit('!x', '!y'), submit('mismatched')];
    expect(woken).to.deep.equal([]);
    await store.answer(1);
    await Promise.all(answers);
    expect(woken).to.have.members(['1 normal 1', '0 normal 2', '0 high 4']);
  });

  it('answers each submission with what became of it', async () => {
    const [good, bad] = [submit('a'), submit('mismatched')];
    await store.answer(1);
    expect(await good).to.include({ kind: 'accepted' });
    expect(await bad).to.deep.equal({ kind: 'mismatched', indexes: [0] });
  });

  it('tells all whose flush failed, and goes on', async () => {
    const failed = [submit('a'), intake.submit([job('b', 'k')]), intake.submit([job('b', 'k')])].map((answer) =>
      answer.catch((error: Error) => error.message),
    );
    await store.answer(1, new Error('away'));
    expect(await Promise.all(failed)).to.deep.equal(['away', 'away', 'away']);
    const next = submit('c');
    await store.answer(2);
    expect(await next).to.include({ kind: 'accepted' });
  });

  it('turns away what is more than may wait, and takes more once there is room', async () => {
    const under = submit('a');
    const asked = store.answer(1);
    await new Promise((resolve) => setImmediate(resolve));
    const waiting = Array.from({ length: 4 }, () => submit('b', 'c', 'd', 'e', 'f'));
    expect(await submit('g').catch((error: unknown) => error)).to.be.instanceOf(OverloadedError);
    await asked;
    await under;
    await store.answer(2);
    const later = submit('g');
    for (const call of [3, 4, 5, 6]) await store.answer(call);
    await Promise.all([...waiting, later]);
    expect(store.calls).to.have.length(6);
  });

  describe('with idempotency keys', () => {
    it('lets equal single operations that come together be one, and says which came again', async () => {
      const answers = Array.from({ length: 5 }, () => intake.submit([job('a', 'k')]));
      await store.answer(1);
      expect(store.calls).to.deep.equal([[['a']]]);
      const replayed = (await Promise.all(answers)).map(
        (answer) => answer.kind === 'accepted' && answer.jobs[0]?.replayed,
      );
      expect(replayed).to.deep.equal([false, true, true, true, true]);
    });

    it('never has one key twice in a flush otherwise: what differs, and batches, wait for the next', async () => {
      const answers = [
        intake.submit([job('a', 'k')]),
        intake.submit([job('b', 'k')]),
        intake.submit([job('a', 'k'), job('c', 'l')]),
        intake.submit([job('d', 'l')]),
        intake.submit([job('e', 'm')]),
      ];
      for (const call of [1, 2, 3, 4]) await store.answer(call);
      await Promise.all(answers);
      expect(store.calls).to.deep.equal([[['a'], ['e']], [['b']], [['a', 'c']], [['d']]]);
    });

    it('keeps those of different API keys apart', async () => {
      const answers = [intake.submit([job('a', 'k', 1)]), intake.submit([job('b', 'k', 2)])];
      await store.answer(1);
      await Promise.all(answers);
      expect(store.calls).to.deep.equal([[['a'], ['b']]]);
    });
  });
});
