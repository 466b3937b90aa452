import type { Pattern } from './load/patterns.js';
import type { Mix, Spread } from './load/shapes.js';
import { CASES, type CaseName, type QueueKind, type WayName } from './names.js';
import type { Rig } from './rig.js';
import { startBareExpress } from './ways/bare-express.js';
import { JOB_LANES, startJobPerOperation, type JobPerOperation } from './ways/job-per-operation.js';
import type { Saldo } from './ways/saldo.js';
import { SET_BASED_LANES, startSetBased } from './ways/set-based.js';
import { startTextbook } from './ways/textbook.js';
import type { Way } from './ways/way.js';

/** One way to do one case. */
export interface Entry {
  readonly caseName: CaseName;
  readonly wayName: WayName;
  readonly way: Way;
  /** What is run right behind it, made of what it has just reached. */
  readonly followUp?: (operationsPerSecond: number) => Entry;
}

export const BATCH_SIZE = 500;
const BATCH_CONNECTIONS = 8;
const SINGLE_CONNECTIONS = 64;
/** So many requests are sent for each that waits for its outcomes: these are what tells the time to the outcome. */
const SAMPLE_EVERY = 8;
const PACED_SAMPLE_EVERY = 2;
const IDLE_PAUSE_MS = 10;
/** The peer with a job per operation works off what it was given last before its run ends: in a quick run, less. */
const JOB_BATCH_SIZE_QUICK = 50;

const BATCH_SHAPES: Readonly<
  Record<Extract<CaseName, `batches-${string}`>, { readonly spread: Spread; readonly mix: Mix }>
> = {
  'batches-uniform': { spread: 'uniform', mix: 'transfers' },
  'batches-zipf': { spread: 'zipf', mix: 'transfers' },
  'batches-hot': { spread: 'hot', mix: 'transfers' },
  'batches-mixed': { spread: 'uniform', mix: 'mixed' },
};

/** The pattern of a batch case. */
export function batchPattern(caseName: keyof typeof BATCH_SHAPES): Extract<Pattern, { kind: 'batches' }> {
  const fixed = {
    kind: 'batches',
    connections: BATCH_CONNECTIONS,
    batchSize: BATCH_SIZE,
    waitEvery: SAMPLE_EVERY,
  } as const;
  return { ...fixed, ...BATCH_SHAPES[caseName] };
}

export interface CaseOptions {
  readonly cases: readonly CaseName[];
  readonly queues: readonly QueueKind[];
  readonly isQuick: boolean;
}

/** The entries of all chosen cases, and the ledgers they write to. */
export interface Entries {
  readonly entries: readonly Entry[];
  /** By name, with the database's URL: whatever can be verified. */
  readonly ledgers: ReadonlyMap<string, string>;
}

export async function startEntries(rig: Rig, { cases, queues, isQuick }: CaseOptions): Promise<Entries> {
  const ledgers = new Map<string, string>();
  const entries: Entry[] = [];
  for (const queue of queues) {
    const saldo = await rig.startSaldo(`saldo_${queue}`, queue);
    ledgers.set(`saldo-${queue}`, saldo.databaseUrl);
    entries.push(...saldoEntries(rig, saldo, queue, cases, isQuick));
  }
  const jobCases = isQuick ? cases.filter((name) => name === 'batches-uniform') : cases;
  if (jobCases.some(isBatchCase)) {
    for (const queue of queues)
      entries.push(...(await jobEntries(rig, queue, jobCases, isQuick ? JOB_BATCH_SIZE_QUICK : BATCH_SIZE, ledgers)));
  }
  entries.push(...(await textbookEntries(rig, cases)));
  if (cases.includes('batches-uniform')) {
    const databaseUrl = await rig.createLedger('set_based', SET_BASED_LANES);
    ledgers.set('set-based', databaseUrl);
    const setBased = startSetBased(databaseUrl, rig.accounts);
    rig.atTheEnd(() => setBased.stop());
    entries.push({ caseName: 'batches-uniform', wayName: 'set-based', way: setBased.on(BATCH_SIZE) });
  }
  if (cases.includes('singles')) {
    const pattern = { kind: 'singles', connections: SINGLE_CONNECTIONS, waitEvery: undefined } as const;
    for (const server of ['express', 'gateway'] as const) {
      const express = await startBareExpress(server);
      rig.atTheEnd(() => express.stop());
      const wayName = server === 'express' ? 'bare-express' : 'bare-express-server';
      entries.push({ caseName: 'singles', wayName, way: express.under(rig.load, pattern, rig.accounts) });
    }
  }
  return {
    entries: entries.toSorted((a, b) => CASES.indexOf(a.caseName) - CASES.indexOf(b.caseName)),
    ledgers,
  };
}

/** Batches at a fixed rate, half of what a Saldo was measured to do at most. */
function halfRateEntry(rig: Rig, saldo: Saldo, queue: QueueKind, peakPerSecond: number): Entry {
  const pattern = {
    kind: 'paced',
    operationsPerSecond: peakPerSecond / 2,
    batchSize: BATCH_SIZE,
    waitEvery: PACED_SAMPLE_EVERY,
  } as const;
  return { caseName: 'half-rate', wayName: `saldo-${queue}`, way: saldo.under(rig.load, pattern) };
}

type BatchCase = keyof typeof BATCH_SHAPES;

function isBatchCase(name: CaseName): name is BatchCase {
  return name in BATCH_SHAPES;
}

function saldoEntries(rig: Rig, saldo: Saldo, queue: QueueKind, cases: readonly CaseName[], isQuick: boolean): Entry[] {
  const patternOf = (caseName: CaseName): Pattern | undefined => {
    if (isBatchCase(caseName)) return batchPattern(caseName);
    if (caseName === 'singles') return { kind: 'singles', connections: SINGLE_CONNECTIONS, waitEvery: SAMPLE_EVERY };
    if (caseName === 'singles-waiting') return { kind: 'singles', connections: SINGLE_CONNECTIONS, waitEvery: 1 };
    if (caseName === 'idle-deposit') return { kind: 'idle', count: isQuick ? 40 : 400, pauseMs: IDLE_PAUSE_MS };
    return undefined;
  };
  return cases.flatMap((caseName) => {
    const pattern = patternOf(caseName);
    if (pattern === undefined) return [];
    const entry = { caseName, wayName: `saldo-${queue}` as const, way: saldo.under(rig.load, pattern) };
    return caseName === 'batches-uniform' && cases.includes('half-rate')
      ? [{ ...entry, followUp: (peakPerSecond: number) => halfRateEntry(rig, saldo, queue, peakPerSecond) }]
      : [entry];
  });
}

async function jobEntries(
  rig: Rig,
  queue: QueueKind,
  cases: readonly CaseName[],
  batchSize: number,
  ledgers: Map<string, string>,
): Promise<Entry[]> {
  const wayName = `job-${queue}` as const;
  const databaseUrl = await rig.createLedger(`job_${queue}`, JOB_LANES);
  ledgers.set(wayName, databaseUrl);
  const jobs: JobPerOperation = startJobPerOperation(
    wayName,
    { databaseUrl, redisUrl: rig.redisUrlFor(queue) },
    rig.accounts,
  );
  rig.atTheEnd(() => jobs.stop());
  return cases.filter(isBatchCase).map((caseName) => {
    const { spread, mix } = BATCH_SHAPES[caseName];
    return { caseName, wayName, way: jobs.on(spread, mix, batchSize) };
  });
}

async function textbookEntries(rig: Rig, cases: readonly CaseName[]): Promise<Entry[]> {
  const transferCases = cases.filter(isBatchCase).filter((caseName) => BATCH_SHAPES[caseName].mix === 'transfers');
  if (transferCases.length === 0) return [];
  const textbook = await startTextbook(await rig.databases.createEmpty('textbook'), rig.accounts);
  rig.atTheEnd(() => textbook.stop());
  return transferCases.flatMap((caseName) => {
    const { spread } = BATCH_SHAPES[caseName];
    return [
      { caseName, wayName: 'textbook' as const, way: textbook.on(spread, false) },
      { caseName, wayName: 'textbook-pipelined' as const, way: textbook.on(spread, true) },
    ];
  });
}
