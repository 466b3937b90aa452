import type { Line, Measurement, PeakMemory } from '../measure.js';
import type { Options } from '../options.js';
import type { Rig, Verdict } from '../rig.js';
import { barsPlot } from './bars-plot.js';
import { describeMachine, timestamp, writeResult } from './results.js';
import { memoryTable, resultsTable, targetsTable, verdictsTable } from './table.js';
import type { Target } from './targets.js';

export interface Report {
  /** Names the files: `bench` for a run of everything, `quick`, `partial`, `growth` */
  readonly what: string;
  readonly options: Options;
  readonly lines: readonly Line[];
  readonly measurements: readonly Measurement[];
  readonly memory: PeakMemory;
  readonly verdicts: readonly Verdict[];
  readonly targets: readonly Target[];
}

const NOTE = `Every way runs on the same Postgres, with its default durability. Saldo is measured over HTTP, until the last outcome is in
Postgres. The peers are called without HTTP, receipts or idempotency. Saldo's times are those of the requests that
wait for their outcomes (Prefer: wait; where not all do, one in eight), until the answer with all of them is there; the
others are answered 202 as soon as they are accepted for good, so at the peak these times are those of a queue that is
never empty. Times at half of the peak rate count from when a batch was due.`;

/** Prints the tables, or JSON, and writes both the figures and the plot to `bench/results`. */
export async function writeReport(rig: Rig, report: Report, notify: (text: string) => void): Promise<void> {
  const { what, options, lines, measurements, memory, verdicts, targets } = report;
  const machine = await describeMachine(rig);
  const rounds = measurements.map(({ latenciesMs: _, ...measurement }) => measurement);
  const found = {
    at: new Date().toISOString(),
    machine,
    options,
    targets,
    lines,
    memory: memory.all(),
    verdicts,
    rounds,
  };
  const json = JSON.stringify(found, null, 2);
  const files = [await writeResult(`${timestamp()}-${what}.json`, `${json}\n`)];
  const subtitle =
    `${machine.processors} processors, load included · Postgres ${machine.postgres} with its default durability · ` +
    (options.rounds === 1 ? 'one round' : `medians of ${options.rounds} rounds`);
  // The README shows `latest.svg`: only a run of everything may replace it.
  files.push(await writeResult(what === 'bench' ? 'latest.svg' : `${what}.svg`, barsPlot(lines, subtitle)));
  if (options.isJson) console.log(json);
  else
    console.log(
      `\n${[resultsTable(lines), NOTE, memoryTable(memory), targetsTable(targets), verdictsTable(verdicts)].join('\n\n')}\n`,
    );
  for (const file of files) notify(`wrote ${file}`);
}
