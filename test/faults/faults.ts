import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from './random.js';
import type { Service } from './service.js';
import type { Stage } from './stage.js';
import type { TcpProxy } from './tcp-proxy.js';

/** Something that breaks. */
export interface Fault {
  readonly name: string;
  /** What it breaks: two faults of different kinds may happen at once. */
  readonly breaks: 'processes' | 'postgres' | 'redis' | 'lines';
  /** Breaks it, and resolves when all is whole again. Answers what it did, in words. */
  readonly happen: (stage: Stage, random: Random) => Promise<string>;
}

/** BullMQ's lock is gone after 5 s, and Postgres ends a transaction that nobody goes on with after 3 s. */
const BEYOND_ITS_LOCK_MS = 6_500;

/** Every fault that can happen on this stage. */
export function faultsOn(stage: Stage): readonly Fault[] {
  return stage.redis === undefined ? ON_ANY_QUEUE : [...ON_ANY_QUEUE, ...ON_REDIS];
}

const ON_ANY_QUEUE: readonly Fault[] = [
  {
    name: 'kill a worker',
    breaks: 'processes',
    happen: ({ workers }, random) => killAndStart([random.pick(workers)], random),
  },
  {
    name: 'kill a gateway',
    breaks: 'processes',
    happen: ({ gateways }, random) => killAndStart([random.pick(gateways)], random),
  },
  {
    name: 'kill both workers',
    breaks: 'processes',
    happen: ({ workers }, random) => killAndStart(workers, random),
  },
  {
    name: 'kill everything',
    breaks: 'processes',
    happen: ({ gateways, workers }, random) => killAndStart([...gateways, ...workers], random),
  },
  { name: 'freeze a worker', breaks: 'processes', happen: freeze },
  {
    name: 'restart Postgres',
    breaks: 'postgres',
    happen: async ({ postgres }, random) => {
      await postgres.stop();
      return startAfter(random, () => postgres.restart(), 'Postgres was stopped');
    },
  },
  {
    name: 'kill Postgres',
    breaks: 'postgres',
    happen: async ({ postgres }, random) => {
      process.kill(postgres.pid, 'SIGKILL');
      await postgres.ended;
      return startAfter(random, () => postgres.restart(), 'Postgres was killed');
    },
  },
  {
    name: 'cut the lines',
    breaks: 'lines',
    happen: async (stage, random) => {
      const times = random.between(3, 8);
      for (let time = 0; time < times; time += 1) {
        for (const { proxy } of someLines(stage, random)) proxy.cut();
        await sleep(random.between(50, 600));
      }
      return `connections were reset ${times} times`;
    },
  },
  {
    name: 'slow the lines down',
    breaks: 'lines',
    happen: async (stage, random) => {
      const delayMs = random.between(20, 200);
      return throughLines(stage, random, `slower by ${delayMs} ms`, (proxy) => proxy.slowDown(delayMs));
    },
  },
  {
    name: 'silence the lines',
    breaks: 'lines',
    happen: (stage, random) => throughLines(stage, random, 'silent', (proxy) => proxy.silence()),
  },
];

const ON_REDIS: readonly Fault[] = [
  {
    name: 'kill Redis',
    breaks: 'redis',
    happen: async (stage, random) => {
      const redis = redisOf(stage);
      await redis.stop('SIGKILL');
      return startAfter(random, () => redis.restart(), 'Redis was killed, its file kept');
    },
  },
  {
    name: 'wipe Redis',
    breaks: 'redis',
    happen: async (stage, random) => {
      const redis = redisOf(stage);
      const times = random.between(1, 5);
      for (let time = 0; time < times; time += 1) {
        await redis.command('FLUSHALL');
        await sleep(random.between(20, 300));
      }
      return `Redis was emptied ${times} times`;
    },
  },
  {
    name: 'lose Redis',
    breaks: 'redis',
    happen: async (stage, random) => {
      const redis = redisOf(stage);
      await redis.stop('SIGKILL');
      return startAfter(random, () => redis.restart({ isEmpty: true }), 'Redis was killed, its file lost');
    },
  },
];

function redisOf({ redis }: Stage): NonNullable<Stage['redis']> {
  if (redis === undefined) throw new Error('there is no Redis');
  return redis;
}

async function killAndStart(services: readonly Service[], random: Random): Promise<string> {
  await Promise.all(services.map((service) => service.signal('SIGKILL')));
  const names = services.map(({ name }) => name).join(', ');
  return startAfter(random, () => Promise.all(services.map((service) => service.start())), `${names} killed`);
}

/** The zombie: it goes on where it was, long after others took its work. */
async function freeze({ workers }: Stage, random: Random): Promise<string> {
  const worker = random.pick(workers);
  const ms = BEYOND_ITS_LOCK_MS + random.between(0, 1_500);
  await worker.signal('SIGSTOP');
  try {
    await sleep(ms);
  } finally {
    await worker.signal('SIGCONT');
  }
  return `${worker.name} was frozen for ${ms} ms`;
}

async function startAfter(random: Random, start: () => Promise<unknown>, what: string): Promise<string> {
  const awayMs = random.between(0, 2_000);
  await sleep(awayMs);
  await start();
  return `${what}, and started after ${awayMs} ms`;
}

interface Line {
  readonly of: string;
  readonly proxy: TcpProxy;
}

/** Those of one process, or of all. */
function someLines({ gateways, workers }: Stage, random: Random): Line[] {
  const services = [...gateways, ...workers];
  const hit = random.chance(0.5) ? services : [random.pick(services)];
  return hit.flatMap(({ name, lines }) => lines.map((proxy) => ({ of: name, proxy })));
}

async function throughLines(
  stage: Stage,
  random: Random,
  how: string,
  change: (proxy: TcpProxy) => void,
): Promise<string> {
  const lines = someLines(stage, random);
  const ms = random.between(2_000, 5_000);
  for (const { proxy } of lines) change(proxy);
  await sleep(ms);
  for (const { proxy } of lines) proxy.mend();
  return `the lines of ${[...new Set(lines.map((line) => line.of))].join(', ')} were ${how} for ${ms} ms`;
}
