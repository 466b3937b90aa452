import { setTimeout as sleep } from 'node:timers/promises';
import { connectCarrier, migrateQueue, type Bus, type Carrier, type Envelope, type QueueWorker } from '@saldo/queue';
import { expect } from 'chai';
import pg from 'pg';
import { elapsedMs } from '../support/elapsed.js';
import { sharedPostgres } from '../support/postgres.js';
import { describeOnRedis, startRedis } from '../support/redis.js';
import { until } from '../support/until.js';
import { RedisConsole } from '../support/redis-console.js';

type News = Parameters<Bus['publish']>[0];

/** A queue's server as these tests see it from outside. */
interface Server {
  connect(workers?: number): Carrier;
  /** How many connections the carriers hold. */
  countConnections(): Promise<number>;
  /** Cuts all connections, as a restart or a broken network does. */
  cutConnections(): Promise<void>;
  close(): Promise<void>;
}

const ONE_LANE = 3;
/** Whoever was cut off connects again after so long at most. */
const RECONNECT_MS_MAX = 800;

function promise(makeServer: () => Promise<Server>): void {
  let server: Server;
  let carriers: Carrier[];
  let workers: QueueWorker[];

  before(async () => {
    server = await makeServer();
  });

  after(() => server.close());

  beforeEach(() => {
    [carriers, workers] = [[], []];
  });

  afterEach(async () => {
    await Promise.all(workers.map((worker) => worker.close()));
    await Promise.all(carriers.map((carrier) => carrier.close()));
  });

  const connect = (count = 1): Carrier => {
    const carrier = server.connect(count);
    carriers.push(carrier);
    return carrier;
  };

  const work = (carrier: Carrier, lane: number, process: (envelope: Envelope) => Promise<void>): QueueWorker => {
    const worker = carrier.workLane(lane, process);
    workers.push(worker);
    return worker;
  };

  const told = ({ priority, last }: Envelope): string => `${priority} ${last}`;

  it('an envelope reaches the worker of its lane, once, and no other', async () => {
    const [sender, receiver] = [connect(), connect(2)];
    const [here, there]: string[][] = [[], []];
    work(receiver, ONE_LANE, (envelope) => Promise.resolve(void here?.push(told(envelope))));
    work(receiver, ONE_LANE + 1, (envelope) => Promise.resolve(void there?.push(told(envelope))));
    for (let last = 1; last <= 20; last += 1) await sender.sendEnvelope(ONE_LANE, { priority: 'normal', last });
    await sender.sendEnvelope(ONE_LANE + 1, { priority: 'normal', last: 1 });
    await until('all have come', () => here?.length === 20 && there?.length === 1);
    expect(here).to.deep.equal(Array.from({ length: 20 }, (_, index) => `normal ${index + 1}`));
  });

  it('high goes before normal, and normal before low', async () => {
    const carrier = connect();
    for (const [last, priority] of (['low', 'normal', 'high', 'low', 'high', 'normal'] as const).entries()) {
      await carrier.sendEnvelope(ONE_LANE, { priority, last });
    }
    const received: string[] = [];
    work(carrier, ONE_LANE, (envelope) => Promise.resolve(void received.push(told(envelope))));
    await until('all have come', () => received.length === 6);
    expect(received).to.deep.equal(['high 2', 'high 4', 'normal 1', 'normal 5', 'low 0', 'low 3']);
  });

  it('a worker has one envelope of a lane in hand at a time', async () => {
    const carrier = connect();
    let [inHand, most, done] = [0, 0, 0];
    work(carrier, ONE_LANE, async () => {
      most = Math.max(most, (inHand += 1));
      await new Promise((resolve) => setImmediate(resolve));
      inHand -= 1;
      done += 1;
    });
    await Promise.all(
      Array.from({ length: 15 }, (_, last) => carrier.sendEnvelope(ONE_LANE, { priority: 'normal', last })),
    );
    await until('all are done', () => done === 15);
    expect(most).to.equal(1);
  });

  it('a worker that stops finishes what it has in hand, and the rest waits for another', async () => {
    const carrier = connect();
    const received: string[] = [];
    let finish: () => void = () => undefined;
    const inHand = new Promise<void>((resolve) => (finish = resolve));
    const first = work(carrier, ONE_LANE, async (envelope) => {
      await inHand;
      received.push(`first ${told(envelope)}`);
    });
    await carrier.sendEnvelope(ONE_LANE, { priority: 'high', last: 1 });
    await carrier.sendEnvelope(ONE_LANE, { priority: 'normal', last: 2 });
    const closed = first.close();
    finish();
    await closed;
    expect(received.length).to.be.at.most(1);
    work(carrier, ONE_LANE, (envelope) => Promise.resolve(void received.push(`second ${told(envelope)}`)));
    await until('the rest has come', () => received.length === 2);
    expect(received.at(-1)).to.equal('second normal 2');
  });

  it('an envelope whose worker throws is gone, and the next one comes', async () => {
    const carrier = connect();
    const received: string[] = [];
    work(carrier, ONE_LANE, (envelope) => {
      received.push(told(envelope));
      return envelope.last === 1 ? Promise.reject(new Error('a defect')) : Promise.resolve();
    });
    await carrier.sendEnvelope(ONE_LANE, { priority: 'normal', last: 1 });
    await carrier.sendEnvelope(ONE_LANE, { priority: 'normal', last: 2 });
    await until('the next one has come', () => received.includes('normal 2'));
    expect(received).to.deep.equal(['normal 1', 'normal 2']);
  });

  it('news reaches everybody who subscribed, in order', async () => {
    const [speaker, one, other] = [connect(), connect(), connect()];
    const heard: string[][] = [[], [], []];
    const listen = (carrier: Carrier, index: number): Promise<void> =>
      carrier.bus.subscribe(
        (news) => void heard[index]?.push(JSON.stringify(news)),
        () => undefined,
      );
    await Promise.all([listen(one, 0), listen(one, 1), listen(other, 2)]);
    const spoken: News[] = [
      { kind: 'applied', lane: 1, priority: 'low', last: 7 },
      { kind: 'revoked', apiKeyId: 12 },
      { kind: 'applied', lane: 1, priority: 'low', last: 8 },
    ];
    for (const news of spoken) await speaker.bus.publish(news);
    await until('all have heard all', () => heard.every((list) => list.length === spoken.length));
    for (const list of heard) expect(list).to.deep.equal(spoken.map((news) => JSON.stringify(news)));
  });

  it('whoever was cut off is told that they may have missed something, and hears, works and sends again', async () => {
    const carrier = connect();
    const [heard, received]: [News[], string[]] = [[], []];
    let gaps = 0;
    await carrier.bus.subscribe(
      (news) => void heard.push(news),
      () => void (gaps += 1),
    );
    work(carrier, ONE_LANE, (envelope) => Promise.resolve(void received.push(told(envelope))));
    await carrier.sendEnvelope(ONE_LANE, { priority: 'normal', last: 1 });
    await until('it works', () => gaps > 0 && received.length === 1);
    const before = gaps;
    await server.cutConnections();
    await until('it is told', () => gaps > before);
    await until('it hears again', async () => {
      await carrier.bus.publish({ kind: 'revoked', apiKeyId: 1 }).catch(() => undefined);
      return heard.length > 0;
    });
    await until('it sends again', () =>
      carrier.sendEnvelope(ONE_LANE, { priority: 'normal', last: 2 }).then(() => true),
    );
    await until('it works again', () => received.includes('normal 2'), { timeoutMs: 15_000 });
  });

  for (const isCut of [false, true]) {
    it(`closed, it leaves no connection${isCut ? ', also in the middle of connecting again' : ''}`, async () => {
      const carrier = server.connect(2);
      for (let times = 0; times < 3; times += 1) {
        await carrier.bus.subscribe(
          () => undefined,
          () => undefined,
        );
      }
      await carrier.sendEnvelope(ONE_LANE, { priority: 'normal', last: 1 });
      await carrier.bus.publish({ kind: 'revoked', apiKeyId: 1 });
      expect(await server.countConnections()).to.be.greaterThan(1);
      if (isCut) {
        await server.cutConnections();
      } else {
        let isReceived = false;
        const worker = carrier.workLane(ONE_LANE, () => Promise.resolve(void (isReceived = true)));
        await until('it works', () => isReceived);
        await worker.close();
      }
      await carrier.close();
      await until('no connection is left', async () => (await server.countConnections()) === 0);
      if (isCut) expect(await mostWithin(RECONNECT_MS_MAX, () => server.countConnections())).to.equal(0);
    });
  }
}

/** The most that is counted within a time: that something does not happen can't be waited for. */
async function mostWithin(ms: number, count: () => Promise<number>): Promise<number> {
  let most = 0;
  for (const since = elapsedMs(); since() < ms; await sleep(25)) most = Math.max(most, await count());
  return most;
}

describe('On the queue over Postgres', () => {
  promise(async () => {
    const databaseUrl = await (await sharedPostgres()).createDatabase();
    await migrateQueue(databaseUrl);
    const client = new pg.Client(databaseUrl);
    await client.connect();
    // Postgres's own processes come and go as they like: autovacuum looks at a new database soon.
    const others =
      "from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'";
    return {
      connect: (workers = 1) => connectCarrier({ redisUrl: undefined, databaseUrl, workers, onError: () => undefined }),
      countConnections: async () => (await client.query(`select 1 ${others}`)).rows.length,
      cutConnections: async () => void (await client.query(`select pg_terminate_backend(pid) ${others}`)),
      close: () => client.end(),
    };
  });
});

describeOnRedis('On the queue over Redis', () => {
  const connectTo = (redisUrl: string, workers = 1): Carrier =>
    connectCarrier({
      redisUrl,
      databaseUrl: 'postgres://nobody@127.0.0.1:1/none',
      workers,
      onError: () => undefined,
    });

  promise(async () => {
    const redis = await startRedis();
    if (redis === undefined) throw new Error('redis-server not found');
    const redisConsole = await RedisConsole.connect(redis.url);
    return {
      connect: (workers) => connectTo(redis.url, workers),
      countConnections: () => redisConsole.countOtherClients(),
      cutConnections: () => redisConsole.killOtherClients(),
      close: () => redisConsole.close(),
    };
  });

  it('what two of its numbered databases carry stays apart', async () => {
    const redis = await startRedis();
    const [one, other] = [connectTo(`${redis?.url}/1`), connectTo(`${redis?.url}/2`)];
    const envelopes: string[] = [];
    const worker = one.workLane(ONE_LANE, ({ last }) => Promise.resolve(void envelopes.push(`envelope ${last}`)));
    try {
      const heard: News[] = [];
      await one.bus.subscribe(
        (news) => void heard.push(news),
        () => undefined,
      );
      for (const [carrier, apiKeyId] of [
        [other, 2],
        [one, 1],
      ] as const) {
        await carrier.bus.publish({ kind: 'revoked', apiKeyId });
        await carrier.sendEnvelope(ONE_LANE, { priority: 'normal', last: apiKeyId });
      }
      await until('its own has come', () => heard.length > 0 && envelopes.length > 0);
      expect(heard).to.deep.equal([{ kind: 'revoked', apiKeyId: 1 }]);
      expect(envelopes).to.deep.equal(['envelope 1']);
    } finally {
      await worker.close();
      await Promise.all([one, other].map((carrier) => carrier.close()));
    }
  });
});
