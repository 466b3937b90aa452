import { setTimeout as sleep } from 'node:timers/promises';
import type { Entry } from './cases.js';
import { CASES, WAY_TITLES, type CaseName, type WayName } from './names.js';
import { readCpuSeconds, readMemory } from './machine/usage.js';
import type { Rig } from './rig.js';
import { median, percentilesOf, type Percentiles } from './statistics.js';

/** One run of one entry. */
export interface Measurement {
  readonly caseName: CaseName;
  readonly wayName: WayName;
  readonly round: number;
  readonly operations: number;
  readonly seconds: number;
  readonly operationsPerSecond: number;
  readonly latenciesMs: readonly number[];
  /** By process. */
  readonly cpuSeconds: Readonly<Record<string, number>>;
}

/** All rounds of one entry in a line. */
export interface Line {
  readonly caseName: CaseName;
  readonly wayName: WayName;
  /** The median of the rounds, and their extremes. */
  readonly operationsPerSecond: { readonly median: number; readonly min: number; readonly max: number };
  /** Over the samples of all rounds. */
  readonly latency: Percentiles | undefined;
  /** By process; medians of the rounds. */
  readonly cpuSecondsPer1000: Readonly<Record<string, number>>;
}

/** The most memory that was seen, by way and process, in bytes. */
export class PeakMemory {
  readonly #bytes = new Map<string, { wayName: WayName; process: string; bytes: number; largestOwnBytes: number }>();

  async note(rig: Rig, { wayName, way }: Entry): Promise<void> {
    const memory = await readMemory([...way.groups, ...rig.sharedGroups]);
    for (const [process, { bytes, largestOwnBytes }] of memory) {
      const key = `${wayName} ${process}`;
      const before = this.#bytes.get(key);
      this.#bytes.set(key, {
        wayName,
        process,
        bytes: Math.max(bytes, before?.bytes ?? 0),
        largestOwnBytes: Math.max(largestOwnBytes, before?.largestOwnBytes ?? 0),
      });
    }
  }

  all(): readonly {
    readonly wayName: WayName;
    readonly process: string;
    readonly bytes: number;
    readonly largestOwnBytes: number;
  }[] {
    return [...this.#bytes.values()];
  }
}

interface Schedule {
  readonly rounds: number;
  readonly secondsPerRun: number;
  /** Warms up each way once, and for less long. */
  readonly isQuick: boolean;
  readonly notify: (text: string) => void;
}

const WARM_UP_SECONDS = 2;
const WARM_UP_SECONDS_QUICK = 0.3;

/** Processes that were just started or have just worked settle before the clock starts. */
const SETTLE_MS = 100;

/**
 * Runs all entries in turn, round after round, every other round backwards: whatever changes with time (a warmer
 * machine, longer tables) changes for all of them. Before the first, all run for a while unmeasured. What follows up on
 * an entry runs right behind it in any order, so that the machine is still the same for both.
 */
export async function measureAll(
  rig: Rig,
  entries: readonly Entry[],
  memory: PeakMemory,
  schedule: Schedule,
): Promise<Measurement[]> {
  const { rounds, secondsPerRun, isQuick, notify } = schedule;
  const run = async (entry: Entry, round: number, seconds: number): Promise<Measurement> => {
    const measurement = await measure(rig, entry, round, seconds);
    await memory.note(rig, entry);
    notify(
      `${round === 0 ? 'warm-up' : `round ${round}/${rounds}`}  ${entry.caseName.padEnd(16)} ` +
        `${WAY_TITLES[entry.wayName].padEnd(32)} ${Math.round(measurement.operationsPerSecond)} operations/s`,
    );
    return measurement;
  };
  for (const entry of warmUpsOf(entries, isQuick))
    await run(entry, 0, isQuick ? WARM_UP_SECONDS_QUICK : WARM_UP_SECONDS);
  const measurements: Measurement[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    for (const entry of round % 2 === 0 ? entries : entries.toReversed()) {
      const measurement = await run(entry, round, secondsPerRun);
      measurements.push(measurement);
      const next = entry.followUp?.(measurement.operationsPerSecond);
      if (next !== undefined) measurements.push(await run(next, round, secondsPerRun));
    }
  }
  return measurements;
}

/** Quick, the last case of each way: the first round begins with it. What runs idle needs none of its own. */
function warmUpsOf(entries: readonly Entry[], isQuick: boolean): readonly Entry[] {
  const busy = entries.filter(({ caseName }) => caseName !== 'idle-deposit');
  return isQuick ? [...new Map(busy.map((entry) => [entry.wayName, entry])).values()] : busy;
}

async function measure(
  rig: Rig,
  { caseName, wayName, way }: Entry,
  round: number,
  seconds: number,
): Promise<Measurement> {
  const spec = { name: `${caseName}.${round}`, seed: 1_000 * round + caseName.length, seconds };
  await way.prepare(spec);
  await rig.databases.checkpoint();
  await sleep(SETTLE_MS);
  const groups = [...way.groups, ...rig.sharedGroups];
  const before = await readCpuSeconds(groups);
  const result = await way.run(spec);
  const after = await readCpuSeconds(groups);
  const cpuSeconds = Object.fromEntries([...after].map(([name, used]) => [name, used - (before.get(name) ?? 0)]));
  return {
    caseName,
    wayName,
    round,
    cpuSeconds,
    operations: result.operations,
    seconds: result.seconds,
    operationsPerSecond: result.operations / result.seconds,
    latenciesMs: result.latenciesMs,
  };
}

const WAYS = Object.keys(WAY_TITLES);

/** One line per case and way, in the order of both. */
export function summarize(measurements: readonly Measurement[]): Line[] {
  const lines = new Map<string, Line>();
  for (const first of measurements) {
    const { caseName, wayName } = first;
    const key = `${caseName} ${wayName}`;
    if (lines.has(key)) continue;
    lines.set(
      key,
      lineOf(
        first,
        measurements.filter((one) => one.caseName === caseName && one.wayName === wayName),
      ),
    );
  }
  return [...lines.values()].toSorted(
    (a, b) =>
      CASES.indexOf(a.caseName) - CASES.indexOf(b.caseName) || WAYS.indexOf(a.wayName) - WAYS.indexOf(b.wayName),
  );
}

function lineOf({ caseName, wayName, cpuSeconds }: Measurement, rounds: readonly Measurement[]): Line {
  const rates = rounds.map((one) => one.operationsPerSecond);
  const cpuOf = (name: string): number =>
    median(rounds.map((one) => ((one.cpuSeconds[name] ?? 0) / one.operations) * 1_000));
  return {
    caseName,
    wayName,
    operationsPerSecond: { median: median(rates), min: Math.min(...rates), max: Math.max(...rates) },
    latency: percentilesOf(rounds.flatMap((one) => one.latenciesMs)),
    cpuSecondsPer1000: Object.fromEntries(Object.keys(cpuSeconds).map((name) => [name, cpuOf(name)])),
  };
}
