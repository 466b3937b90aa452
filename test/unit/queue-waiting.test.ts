import { AppliedWatch, Carrier, Waker, type Bus } from '@saldo/queue';
import { expect } from 'chai';
import { useFakeTimers, type SinonFakeTimers } from 'sinon';

type News = Parameters<Bus['publish']>[0];
type Move = { lane: number; priority: 'high' | 'normal' | 'low'; last: number };

/** A bus that a test speaks over. */
class TestBus implements Bus {
  #hear: (news: News) => void = () => undefined;
  onGap: () => void = () => undefined;

  publish(news: News): Promise<void> {
    this.#hear(news);
    return Promise.resolve();
  }

  subscribe(onNews: (news: News) => void, onGap: () => void): Promise<void> {
    this.#hear = onNews;
    this.onGap = onGap;
    return Promise.resolve();
  }

  applied(last: number, lane = 0): void {
    void this.publish({ kind: 'applied', lane, priority: 'normal', last });
  }
}

describe('Whoever waits for a position', () => {
  let clock: SinonFakeTimers;
  let bus: TestBus;
  let watch: AppliedWatch;
  let cursors: () => Promise<Move[]>;
  let reads: number;
  let moves: Move[];
  let errors: unknown[];

  beforeEach(async () => {
    clock = fakeTimers();
    bus = new TestBus();
    [reads, moves, errors] = [0, [], []];
    cursors = () => Promise.resolve([]);
    watch = new AppliedWatch({
      readProgress: async () => {
        reads += 1;
        const read = await cursors();
        return read.map(({ lane, priority, last }) => ({ lane, priority, accepted: last, applied: last }));
      },
      onMove: (move) => void moves.push(move),
      onError: (error) => void errors.push(error),
    });
    await watch.start(bus);
  });

  afterEach(() => {
    watch.close();
    clock.restore();
  });

  const isApplied = async (...position: Parameters<AppliedWatch['wait']>): Promise<boolean> =>
    (await watch.wait(...position)) !== undefined;

  /** What each wait has come to so far: true, false or undefined. */
  function follow(...waits: Promise<boolean>[]): (boolean | undefined)[] {
    const answers: (boolean | undefined)[] = waits.map(() => undefined);
    waits.forEach((wait, index) => void wait.then((answer) => (answers[index] = answer)));
    return answers;
  }

  it('hears at once of one that was applied', async () => {
    bus.applied(7);
    expect(await isApplied(0, 'normal', 7, 1_000)).to.equal(true);
    expect(await isApplied(0, 'normal', 3, 0)).to.equal(true);
    expect(await isApplied(0, 'normal', 8, 0)).to.equal(false);
    expect(await isApplied(0, 'high', 1, 0)).to.equal(false);
    expect(await isApplied(1, 'normal', 1, 0)).to.equal(false);
  });

  it('hears when it is applied, and nobody else does', async () => {
    const answers = follow(
      isApplied(0, 'normal', 5, 60_000),
      isApplied(0, 'normal', 6, 60_000),
      isApplied(1, 'normal', 5, 60_000),
      isApplied(0, 'low', 5, 60_000),
    );
    bus.applied(5);
    await clock.tickAsync(0);
    expect(answers).to.deep.equal([true, undefined, undefined, undefined]);
    expect(moves).to.deep.equal([{ kind: 'applied', lane: 0, priority: 'normal', last: 5 }]);
  });

  it('hears what the news of it told, and nothing of it later', async () => {
    const waiting = watch.wait(0, 'normal', 5, 60_000);
    const ended = { five: { status: 'completed' } };
    void bus.publish({ kind: 'applied', lane: 0, priority: 'normal', last: 5, ended });
    expect(await waiting).to.deep.equal(ended);
    expect(await watch.wait(0, 'normal', 5, 0)).to.deep.equal({});
  });

  it('is not misled by news that is late', async () => {
    bus.applied(9);
    bus.applied(2);
    expect(await isApplied(0, 'normal', 9, 0)).to.equal(true);
    expect(moves).to.have.length(1);
  });

  it('is let go when the time is up', async () => {
    const answers = follow(isApplied(0, 'normal', 1, 5_000), isApplied(0, 'normal', 1, 6_000));
    await clock.tickAsync(5_500);
    expect(answers).to.deep.equal([false, undefined]);
  });

  it('hears within a second where the news got lost', async () => {
    const answers = follow(isApplied(0, 'normal', 5, 60_000));
    await clock.tickAsync(900);
    cursors = () => Promise.resolve([{ lane: 0, priority: 'normal', last: 5 }]);
    await clock.tickAsync(200);
    expect(answers).to.deep.equal([true]);
  });

  it('hears where news may have been missed, as soon as the bus says so', async () => {
    const answers = follow(isApplied(0, 'normal', 5, 60_000));
    cursors = () => Promise.resolve([{ lane: 0, priority: 'normal', last: 6 }]);
    bus.onGap();
    await clock.tickAsync(0);
    expect(answers).to.deep.equal([true]);
  });

  it('hears although the cursors could not be read for a while', async () => {
    const answers = follow(isApplied(0, 'normal', 5, 60_000));
    cursors = () => Promise.reject(new Error('away'));
    await clock.tickAsync(10_000);
    expect(errors).to.have.length(10);
    cursors = () => Promise.resolve([{ lane: 0, priority: 'normal', last: 5 }]);
    await clock.tickAsync(1_000);
    expect(answers).to.deep.equal([true]);
  });

  it('hears also where nobody waits yet, as long as anything is to be applied: news that got lost is made up for', async () => {
    watch.accepted({ lane: 0, priority: 'normal', last: 5 });
    watch.accepted({ lane: 1, priority: 'high', last: 2 });
    expect(watch.backlog).to.equal(7);
    bus.applied(3);
    expect(watch.backlog).to.equal(4);
    cursors = () =>
      Promise.resolve([
        { lane: 0, priority: 'normal', last: 5 },
        { lane: 1, priority: 'high', last: 2 },
      ]);
    await clock.tickAsync(1_000);
    expect(watch.backlog).to.equal(0);
    expect(await isApplied(0, 'normal', 5, 0)).to.equal(true);
    await clock.tickAsync(10_000);
    expect(reads).to.equal(1);
  });

  it('costs nothing once they are gone: nobody asks for the cursors, whom nobody waits for', async () => {
    const answers = follow(...Array.from({ length: 100 }, () => isApplied(0, 'normal', 5, 2_500)));
    await clock.tickAsync(2_600);
    expect(new Set(answers)).to.deep.equal(new Set([false]));
    expect(reads).to.equal(2);
    await clock.tickAsync(60_000);
    expect(reads).to.equal(2);
    expect(clock.countTimers()).to.equal(0);
  });

  it('is let go when the gateway stops, and whoever comes then does not wait', async () => {
    const answers = follow(isApplied(0, 'normal', 5, 60_000), isApplied(1, 'high', 5, 60_000));
    watch.close();
    await clock.tickAsync(0);
    expect(answers).to.deep.equal([false, false]);
    expect(await isApplied(0, 'normal', 5, 60_000)).to.equal(false);
    expect(clock.countTimers()).to.equal(0);
  });
});

describe('A lane that accepted something', () => {
  let clock: SinonFakeTimers;
  let sent: string[];
  let send: () => Promise<void>;
  let errors: unknown[];
  let waker: Waker;

  beforeEach(() => {
    clock = fakeTimers();
    [sent, errors] = [[], []];
    send = () => Promise.resolve();
    const add = (queue: string, data: unknown): Promise<void> => {
      const { priority, last } = data as Move;
      sent.push(`${queue} ${priority} ${last}`);
      return send();
    };
    const carrier = new Carrier(new TestBus(), { add, work: unused, close: unused }, unused);
    waker = new Waker(carrier, (error) => void errors.push(error));
  });

  afterEach(() => {
    void waker.close();
    clock.restore();
  });

  const wake = (last: number, priority: Move['priority'] = 'normal'): void => waker.wake({ lane: 2, priority, last });
  const applied = (last: number, priority: Move['priority'] = 'normal'): void =>
    waker.applied({ lane: 2, priority, last });

  it('is woken with one envelope, and with the next one only when that one was applied', async () => {
    wake(1);
    for (const last of [2, 3, 4]) wake(last);
    await clock.tickAsync(0);
    expect(sent).to.deep.equal(['lane-2 normal 1']);
    applied(1);
    await clock.tickAsync(0);
    expect(sent).to.deep.equal(['lane-2 normal 1', 'lane-2 normal 4']);
  });

  it('is not woken for what its worker did along the way', async () => {
    wake(1);
    wake(4);
    applied(4);
    await clock.tickAsync(60_000);
    expect(sent).to.deep.equal(['lane-2 normal 1']);
    wake(5);
    expect(sent).to.deep.equal(['lane-2 normal 1', 'lane-2 normal 5']);
  });

  it('is woken for each priority by itself', () => {
    wake(1, 'low');
    wake(1, 'high');
    expect(sent).to.deep.equal(['lane-2 low 1', 'lane-2 high 1']);
  });

  it('is woken again where an envelope got lost, or could not be sent', async () => {
    wake(1);
    await clock.tickAsync(300);
    expect(sent).to.deep.equal(['lane-2 normal 1', 'lane-2 normal 1']);
    send = () => Promise.reject(new Error('away'));
    await clock.tickAsync(1_000);
    expect(errors).to.have.length.greaterThan(0);
    wake(9);
    send = () => Promise.resolve();
    await clock.tickAsync(2_000);
    expect(sent.at(-1)).to.equal('lane-2 normal 9');
    applied(9);
    const { length } = sent;
    await clock.tickAsync(60_000);
    expect(sent).to.have.length(length);
  });

  it('costs few envelopes while all workers are away, and few while the queue takes none', async () => {
    wake(1);
    for (let seconds = 1; seconds <= 600; seconds += 1) {
      wake(seconds);
      await clock.tickAsync(1_000);
    }
    expect(sent.length).to.be.within(30, 80);
    const { length } = sent;
    send = () => new Promise(() => undefined);
    await clock.tickAsync(600_000);
    expect(sent.length - length).to.be.at.most(1);
  });

  it('is told of all that was accepted before its gateway stops, where it was not yet', async () => {
    wake(1);
    wake(2);
    wake(1, 'low');
    await waker.close();
    expect(sent).to.deep.equal(['lane-2 normal 1', 'lane-2 low 1', 'lane-2 normal 2']);
  });

  it('is left alone once its gateway has stopped', async () => {
    wake(1);
    await waker.close();
    await clock.tickAsync(60_000);
    wake(2);
    applied(1);
    expect(sent).to.deep.equal(['lane-2 normal 1']);
    expect(clock.countTimers()).to.equal(0);
  });
});

function fakeTimers(): SinonFakeTimers {
  return useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
}

function unused(): never {
  throw new Error('not needed here');
}
