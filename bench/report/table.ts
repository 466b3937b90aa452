import { CASE_TITLES, WAY_TITLES } from '../names.js';
import type { Line, PeakMemory } from '../measure.js';
import type { Target } from './targets.js';
import type { Verdict } from '../rig.js';

/** The processes of the CPU columns, in their order; `client` is a peer's own, which sends without HTTP. */
const PROCESSES = ['gateway', 'worker', 'express', 'client', 'postgres', 'redis', 'load'] as const;
const MIB = 1_048_576;

/** Operations per second, times to the outcome and CPU time: one row for each case and way. */
export function resultsTable(lines: readonly Line[]): string {
  const used = PROCESSES.filter((name) => lines.some((line) => (line.cpuSecondsPer1000[name] ?? 0) > 0));
  const header = ['way', 'operations/s', '(min–max)', 'p50 ms', 'p95 ms', 'p99 ms', 'samples', ...used];
  const rows: string[][] = [];
  let caseName: string | undefined;
  for (const line of lines) {
    if (line.caseName !== caseName) rows.push([CASE_TITLES[line.caseName]]);
    caseName = line.caseName;
    rows.push(rowOf(line, used));
  }
  return `${layOut([header, ...rows])}\nFrom gateway on: CPU seconds per 1,000 operations. Times are from submit to outcome.`;
}

function rowOf(line: Line, used: readonly string[]): string[] {
  const { median, min, max } = line.operationsPerSecond;
  // One after another with pauses between: their rate says nothing, nor does that of a schedule.
  const isRate = line.caseName !== 'idle-deposit';
  return [
    `  ${WAY_TITLES[line.wayName]}`,
    isRate ? count(median) : '–',
    isRate ? `(${count(min)}–${count(max)})` : '',
    milliseconds(line.latency?.p50Ms),
    milliseconds(line.latency?.p95Ms),
    milliseconds(line.latency?.p99Ms),
    line.latency === undefined ? '–' : count(line.latency.samples),
    ...used.map((name) => seconds(line.cpuSecondsPer1000[name])),
  ];
}

/** The most memory that each process took. */
export function memoryTable(memory: PeakMemory): string {
  const all = memory.all();
  if (all.length === 0) return 'This system does not tell what memory a process uses.';
  const used = PROCESSES.filter((name) => all.some((one) => one.process === name));
  const ways = [...new Set(all.map((one) => one.wayName))];
  const rows = ways.map((wayName) => [
    WAY_TITLES[wayName],
    ...used.map((name) => {
      const found = all.find((one) => one.wayName === wayName && one.process === name);
      if (found === undefined) return '–';
      const own = found.largestOwnBytes === found.bytes ? '' : ` (${count(found.largestOwnBytes / MIB)})`;
      return `${count(found.bytes / MIB)}${own}`;
    }),
  ]);
  return `${layOut([['peak memory, MiB', ...used], ...rows])}\nPostgres: all of its processes after a run (the largest without shared buffers).`;
}

export function targetsTable(targets: readonly Target[]): string {
  const header = ['', 'measured', 'at least', 'aim', 'reached', ''];
  const rows = targets.map(({ what, value, unit, of, atLeast, aim, reached }) => [
    what,
    `${value < 10 ? value.toFixed(2) : value.toFixed(1)} ${unit}`,
    unit === '×' ? `${atLeast} ×` : `< ${atLeast} ${unit}`,
    unit === '×' ? `${aim} ×` : `< ${aim} ${unit}`,
    reached === 'aim' ? 'yes, the aim' : reached === 'least' ? 'yes' : 'NO',
    of,
  ]);
  return layOut([header, ...rows]);
}

export function verdictsTable(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map(({ ledger, differences, summary, seconds: took }) => [
    `verify ${ledger}`,
    count(summary['jobs'] ?? 0),
    count(summary['rejected'] ?? 0),
    took.toFixed(1),
    differences.length === 0 ? 'the books are right' : `${differences.length} DIFFERENCES`,
  ]);
  return layOut([['', 'operations', 'rejected', 'seconds', ''], ...rows]);
}

/** The first column to the left, the others to the right, a last one of words to the left again. */
function layOut(rows: readonly (readonly string[])[]): string {
  const widths = rows
    .filter((row) => row.length > 1)
    .reduce<number[]>((most, row) => row.map((cell, index) => Math.max(cell.length, most[index] ?? 0)), []);
  return rows
    .map((row) =>
      row
        .map((cell, index) =>
          index === 0 || /^[a-z].*[a-z]$/i.test(cell)
            ? cell.padEnd(widths[index] ?? 0)
            : cell.padStart(widths[index] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

function milliseconds(value: number | undefined): string {
  return value === undefined ? '–' : value.toFixed(value < 100 ? 1 : 0);
}

function seconds(value: number | undefined): string {
  return value === undefined || value === 0 ? '–' : value.toFixed(3);
}
