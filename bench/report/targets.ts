import { WAY_TITLES, type CaseName, type QueueKind, type WayName } from '../names.js';
import type { Line, PeakMemory } from '../measure.js';
import type { Percentiles } from '../statistics.js';

/** A figure with what it has to be and what it should be. */
export interface Target {
  readonly what: string;
  readonly value: number;
  readonly unit: '×' | 'ms' | 'MiB';
  /** What the figure is made of, or where it was highest. */
  readonly of: string;
  readonly atLeast: number;
  readonly aim: number;
  readonly reached: 'aim' | 'least' | 'no';
}

const MIB = 1_048_576;

/** Every figure that can be told from what was measured. */
export function targetsOf(lines: readonly Line[], memory: PeakMemory, queues: readonly QueueKind[]): Target[] {
  const rateOf = (caseName: CaseName, wayName: WayName): number | undefined =>
    lines.find((line) => line.caseName === caseName && line.wayName === wayName)?.operationsPerSecond.median;
  const latencyOf = (caseName: CaseName, wayName: WayName): Percentiles | undefined =>
    lines.find((line) => line.caseName === caseName && line.wayName === wayName)?.latency;
  const targets: (Target | undefined)[] = [];
  for (const queue of queues) {
    const us: WayName = `saldo-${queue}`;
    const title = WAY_TITLES[us];
    const uniform = rateOf('batches-uniform', us);
    const hot = rateOf('batches-hot', us);
    const ratio = (what: string, part: number | undefined, whole: number | undefined, atLeast = 0, aim = 0): void => {
      targets.push(higher(`${what} (${title})`, part, whole, atLeast, aim));
    };
    const [textbookAtLeast, textbookAim] = queue === 'redis' ? [4, 6] : [3.5, 5];
    ratio('batches, uniform: textbook', uniform, rateOf('batches-uniform', 'textbook'), textbookAtLeast, textbookAim);
    ratio('batches, long tables: our empty ones', rateOf('batches-uniform', `grown-${queue}`), uniform, 0.8, 0.95);
    ratio('batches, zipf: our uniform', rateOf('batches-zipf', us), uniform, 0.85, 1);
    ratio('batches, one hot account: our uniform', hot, uniform, 0.5, 0.9);
    ratio('batches, one hot account: textbook on that case', hot, rateOf('batches-hot', 'textbook'), 10, 10);
    ratio(
      'one per request: the bare Express route',
      rateOf('singles', us),
      rateOf('singles', 'bare-express'),
      0.55,
      0.8,
    );
    const idle = latencyOf('idle-deposit', us);
    targets.push(
      lower(`a single deposit, idle: p50 (${title})`, idle?.p50Ms, 'ms', samplesOf(idle), 10, 5),
      lower(`a single deposit, idle: p99 (${title})`, idle?.p99Ms, 'ms', samplesOf(idle), 40, 20),
    );
    const half = latencyOf('half-rate', us);
    targets.push(lower(`at half of the peak rate: p99 (${title})`, half?.p99Ms, 'ms', samplesOf(half), 250, 100));
  }
  targets.push(memoryTarget(memory));
  return targets.filter((target) => target !== undefined);
}

/** The process of Saldo's that took most. Postgres's are counted without the buffers that they share. */
function memoryTarget(memory: PeakMemory): Target | undefined {
  const ours = memory.all().filter(({ wayName, process }) => !isPeer(wayName) && process !== 'load');
  const [most] = ours.toSorted((a, b) => b.largestOwnBytes - a.largestOwnBytes);
  if (most === undefined) return undefined;
  return lower(
    'memory: the largest process',
    most.largestOwnBytes / MIB,
    'MiB',
    `${most.process}, ${WAY_TITLES[most.wayName]}`,
    300,
    200,
  );
}

function isPeer(wayName: WayName): boolean {
  return !wayName.startsWith('saldo-') && !wayName.startsWith('grown-');
}

function higher(
  what: string,
  part: number | undefined,
  whole: number | undefined,
  atLeast: number,
  aim: number,
): Target | undefined {
  if (part === undefined || whole === undefined) return undefined;
  const value = part / whole;
  const reached = value >= aim ? 'aim' : value >= atLeast ? 'least' : 'no';
  return { what, value, unit: '×', of: `${Math.round(part)} : ${Math.round(whole)}`, atLeast, aim, reached };
}

function lower(
  what: string,
  value: number | undefined,
  unit: 'ms' | 'MiB',
  of: string,
  atMost: number,
  aim: number,
): Target | undefined {
  if (value === undefined) return undefined;
  const reached = value < aim ? 'aim' : value < atMost ? 'least' : 'no';
  return { what, value, unit, of, atLeast: atMost, aim, reached };
}

function samplesOf(latency: Percentiles | undefined): string {
  return `${latency?.samples ?? 0} samples`;
}
