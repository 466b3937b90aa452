import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { connectDatabase } from '@saldo/store';
import { batchPattern } from './cases.js';
import { sampleMemory, type MemorySample } from './machine/memory-sampler.js';
import { spawnVerify } from './machine/saldo-processes.js';
import { memoryPlot } from './report/lines-plot.js';
import { describeMachine, timestamp, writeResult } from './report/results.js';
import { runOnRig } from './run-on-rig.js';
import type { Rig } from './rig.js';
import { readTotals } from './ways/progress.js';

/** Runs a million operations through one Saldo, looks at its memory each second, and verifies the books. */

const MILLION = 1_000_000;
const MIB = 1_048_576;
/** A run that takes longer is not the fault of its memory. */
const SECONDS_MAX = 3_600;
/** Memory is flat if the second half of a run needs at most so much more than the first. */
const GROWTH_MAX = 1.1;

const { values } = parseArgs({
  options: {
    queue: { type: 'string' },
    operations: { type: 'string', default: String(MILLION) },
    accounts: { type: 'string', default: '100000' },
  },
});
if (values.queue !== undefined && values.queue !== 'redis' && values.queue !== 'postgres') {
  console.error('npm run bench:million -- [--queue redis|postgres] [--operations N] [--accounts N]');
  process.exit(2);
}
const operations = Number(values.operations);
const notify = (text: string): void => console.error(text);
const queues = values.queue === 'postgres' ? (['postgres'] as const) : (['redis', 'postgres'] as const);
const needsRedis = values.queue === 'redis';

await runOnRig({ accounts: Number(values.accounts), queues, needsRedis }, notify, runMillion);

async function runMillion(rig: Rig): Promise<boolean> {
  const queue = rig.redis === undefined ? 'postgres' : 'redis';
  const saldo = await rig.startSaldo('million', queue);
  const way = saldo.under(rig.load, { ...batchPattern('batches-uniform'), operationsMax: operations });
  const database = connectDatabase(saldo.databaseUrl, { poolMax: 1, name: 'bench-million' });
  rig.atTheEnd(() => database.close());
  const before = await readTotals(database);
  await way.prepare({ name: 'million', seed: 1, seconds: SECONDS_MAX });
  notify(`running ${operations} operations`);
  const sampler = sampleMemory(
    [...way.groups, ...rig.sharedGroups],
    async () => (await readTotals(database)).applied - before.applied,
  );
  const result = await way.run({ name: 'million', seed: 1, seconds: SECONDS_MAX });
  const samples = await sampler.stop();
  notify('verifying');
  const verification = await runVerify(rig, saldo.databaseUrl);
  const growth = growthOf(samples, ['gateway', 'worker', ...(rig.redis === undefined ? [] : ['redis'])]);
  const isFlat = Object.values(growth).every((ratio) => ratio <= GROWTH_MAX);
  const rate = result.operations / result.seconds;
  const found = {
    at: new Date().toISOString(),
    machine: await describeMachine(rig),
    queue,
    operations: result.operations,
    seconds: result.seconds,
    operationsPerSecond: rate,
    peakMib: peaksOf(samples),
    growth,
    isFlat,
    verification,
  };
  await writeFiles(
    { ...found, samples },
    samples,
    `${Math.round(rate).toLocaleString('en-US')} operations per second on ${queue}; looked at each second`,
  );
  console.log(JSON.stringify(found, null, 2));
  return verification.isRight;
}

async function writeFiles(found: object, samples: readonly MemorySample[], subtitle: string): Promise<void> {
  // What the README shows is of a whole run.
  const isWhole = operations >= MILLION;
  const title = `Memory over a run of ${operations.toLocaleString('en-US')} operations`;
  const what = isWhole ? 'million' : 'million-quick';
  const json = await writeResult(`${timestamp()}-${what}.json`, `${JSON.stringify(found, null, 2)}\n`);
  const plot = await writeResult(
    isWhole ? 'latest-million.svg' : 'million-quick.svg',
    memoryPlot(samples, title, subtitle),
  );
  notify(`wrote ${json}\nwrote ${plot}`);
}

interface VerifyResult {
  readonly isRight: boolean;
  readonly seconds: number;
  readonly printed: unknown;
  /** By process: `verify` itself, and Postgres, which does the sums. */
  readonly peakMib: Readonly<Record<string, number>>;
}

/** `saldo verify`, as anybody would run it. */
async function runVerify(rig: Rig, databaseUrl: string): Promise<VerifyResult> {
  const startedAt = performance.now();
  const child = spawnVerify(databaseUrl);
  let printed = '';
  child.stdout?.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const groups = rig.sharedGroups.filter(({ name }) => name === 'postgres');
  const sampler = sampleMemory([{ name: 'verify', pid: child.pid ?? 0, withChildren: false }, ...groups], () =>
    Promise.resolve(0),
  );
  await once(child, 'close');
  const samples = await sampler.stop();
  const seconds = (performance.now() - startedAt) / 1_000;
  return {
    isRight: child.exitCode === 0,
    seconds,
    printed: JSON.parse(printed || 'null') as unknown,
    peakMib: peaksOf(samples),
  };
}

function peaksOf(samples: readonly MemorySample[]): Record<string, number> {
  const names = Object.keys(samples[0]?.bytes ?? {});
  return Object.fromEntries(
    names.map((name) => [name, Math.round(Math.max(...samples.map(({ bytes }) => bytes[name] ?? 0)) / MIB)]),
  );
}

/** The most memory of the second half of a run, as a part of that of the first. */
function growthOf(samples: readonly MemorySample[], names: readonly string[]): Record<string, number> {
  const middle = samples.length >> 1;
  const most = (part: readonly MemorySample[], name: string): number =>
    Math.max(...part.map(({ bytes }) => bytes[name] ?? 0));
  return Object.fromEntries(
    names.map((name) => [name, most(samples.slice(middle), name) / most(samples.slice(0, middle), name)]),
  );
}
