import { setTimeout as sleep } from 'node:timers/promises';
import { BatchRing } from './batches.js';
import type { HttpClient } from './http-client.js';
import { seeded } from './random.js';
import type { Mix, Spread } from './shapes.js';
import { singleDeposits, singleTransfers } from './singles.js';

/** How the operations are sent. */
export type Pattern =
  | {
      /** HTTP batches, each connection sending the next as soon as the last was answered. */
      readonly kind: 'batches';
      readonly spread: Spread;
      readonly mix: Mix;
      readonly connections: number;
      readonly batchSize: number;
      /** One batch in so many is sent with `Prefer: wait`: those tell how long it takes to the last outcome. */
      readonly waitEvery: number;
      /** Ends the run before its time. */
      readonly operationsMax?: number;
    }
  | {
      /** HTTP batches at a fixed rate, whether the earlier ones are answered or not. */
      readonly kind: 'paced';
      readonly operationsPerSecond: number;
      readonly batchSize: number;
      readonly waitEvery: number;
    }
  | {
      /** One operation per request. */
      readonly kind: 'singles';
      readonly connections: number;
      /** As with batches; undefined where nobody waits. */
      readonly waitEvery: number | undefined;
    }
  | {
      /** One deposit after another, with a pause before each. */
      readonly kind: 'idle';
      readonly count: number;
      readonly pauseMs: number;
    };

export interface LoadPlan {
  readonly pattern: Pattern;
  /** Is in no other plan for the same database. */
  readonly name: string;
  readonly accounts: number;
  readonly seed: number;
}

export interface LoadResult {
  readonly operations: number;
  /** On the clock of `Date.now()`, but finer. */
  readonly startedAtMs: number;
  /** From the request to the answer that had the outcome, of those that asked for it. */
  readonly latenciesMs: readonly number[];
}

/** Sends for so many seconds, and resolves when all answers are there. */
export type Load = (seconds: number) => Promise<LoadResult>;

/** More than any wait should take; the most that the API grants. */
const WAIT_S = 30;
const BATCH_PATH = '/v1/operations/batch';
const PATH = '/v1/operations';
/** So many different bodies each connection sends in turn. */
const RING_SIZE = 24;
const ANSWERED = 200;

/** Makes all bodies, and answers what sends them. */
export function planLoad(client: HttpClient, plan: LoadPlan): Load {
  const { pattern } = plan;
  switch (pattern.kind) {
    case 'batches':
      return closedBatches(client, plan, pattern);
    case 'paced':
      return pacedBatches(client, plan, pattern);
    case 'singles':
      return singles(client, plan, pattern);
    case 'idle':
      return idleDeposits(client, plan, pattern);
    default:
      throw new Error(`unknown pattern ${String(pattern satisfies never)}`);
  }
}

type Of<Kind extends Pattern['kind']> = Extract<Pattern, { kind: Kind }>;

function closedBatches(client: HttpClient, { name, accounts, seed }: LoadPlan, pattern: Of<'batches'>): Load {
  const rings = Array.from({ length: pattern.connections }, (_, connection) => {
    const random = seeded(seed + connection);
    return new BatchRing(`${name}.${connection}`, RING_SIZE, { ...pattern, accounts, random });
  });
  return async (seconds) => {
    const latenciesMs: number[] = [];
    let operations = 0;
    let batches = 0;
    const startedAtMs = nowMs();
    const endMs = startedAtMs + seconds * 1_000;
    const isOver = (): boolean => nowMs() >= endMs || operations >= (pattern.operationsMax ?? Number.POSITIVE_INFINITY);
    const sendAll = async (ring: BatchRing): Promise<void> => {
      while (!isOver()) {
        const { body, count } = ring.next();
        const isSampled = batches % pattern.waitEvery === 0;
        operations += count;
        batches += 1;
        if (isSampled) latenciesMs.push(await timed(() => postAndWait(client, BATCH_PATH, body)));
        else await client.post(BATCH_PATH, body);
      }
    };
    await Promise.all(rings.map(sendAll));
    return { operations, startedAtMs, latenciesMs };
  };
}

function pacedBatches(client: HttpClient, { name, accounts, seed }: LoadPlan, pattern: Of<'paced'>): Load {
  const random = seeded(seed);
  const ring = new BatchRing(name, RING_SIZE, { ...pattern, spread: 'uniform', mix: 'transfers', accounts, random });
  const gapMs = (1_000 * pattern.batchSize) / pattern.operationsPerSecond;
  return async (seconds) => {
    const latenciesMs: number[] = [];
    const answers: Promise<unknown>[] = [];
    let operations = 0;
    const startedAtMs = nowMs();
    for (let batch = 0; batch * gapMs < seconds * 1_000; batch += 1) {
      const dueMs = startedAtMs + batch * gapMs;
      const earlyMs = dueMs - nowMs();
      if (earlyMs > 0) await sleep(earlyMs);
      const { body, count } = ring.next();
      operations += count;
      // From when it was due: one that this process sent late counts as late (Tene's "coordinated omission").
      const sent =
        batch % pattern.waitEvery === 0
          ? postAndWait(client, BATCH_PATH, body).then(() => latenciesMs.push(nowMs() - dueMs))
          : client.post(BATCH_PATH, body);
      answers.push(sent);
    }
    await Promise.all(answers);
    return { operations, startedAtMs, latenciesMs };
  };
}

function singles(client: HttpClient, { accounts, seed }: LoadPlan, pattern: Of<'singles'>): Load {
  const bodies = singleTransfers(accounts, seeded(seed));
  return async (seconds) => {
    const latenciesMs: number[] = [];
    let operations = 0;
    const startedAtMs = nowMs();
    const endMs = startedAtMs + seconds * 1_000;
    const sendAll = async (): Promise<void> => {
      while (nowMs() < endMs) {
        const body = bodies[operations % bodies.length] ?? '';
        const isSampled = pattern.waitEvery !== undefined && operations % pattern.waitEvery === 0;
        operations += 1;
        if (isSampled) latenciesMs.push(await timed(() => postAndWait(client, PATH, body)));
        else await client.post(PATH, body);
      }
    };
    await Promise.all(Array.from({ length: pattern.connections }, sendAll));
    return { operations, startedAtMs, latenciesMs };
  };
}

function idleDeposits(client: HttpClient, { accounts, seed }: LoadPlan, { count, pauseMs }: Of<'idle'>): Load {
  const bodies = singleDeposits(count, accounts, seeded(seed));
  return async () => {
    const latenciesMs: number[] = [];
    const startedAtMs = nowMs();
    for (const body of bodies) {
      await sleep(pauseMs);
      latenciesMs.push(await timed(() => postAndWait(client, PATH, body)));
    }
    return { operations: count, startedAtMs, latenciesMs };
  };
}

/** A wait that ended without the outcome would make a latency that none had. */
async function postAndWait(client: HttpClient, path: string, body: string): Promise<void> {
  const status = await client.post(path, body, WAIT_S);
  if (status !== ANSWERED) throw new Error(`no outcome within ${WAIT_S} s: ${status}`);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startMs = nowMs();
  await work();
  return nowMs() - startMs;
}

/** The time since 1970, as the clocks of all processes of the machine agree on it. */
export function nowMs(): number {
  return performance.timeOrigin + performance.now();
}
