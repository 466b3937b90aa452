import { startEntries, type Entries } from './cases.js';
import { startGrowth } from './growth.js';
import { measureAll, PeakMemory, summarize, type Measurement } from './measure.js';
import { CASES, type QueueKind } from './names.js';
import { readOptions, type Options } from './options.js';
import { writeReport } from './report/report.js';
import { targetsOf } from './report/targets.js';
import { runOnRig } from './run-on-rig.js';
import { verifyLedger, type Rig, type Verdict } from './rig.js';

const options = readOptions(process.argv.slice(2));
const notify = (text: string): void => console.error(text);

await runOnRig(
  options,
  notify,
  options.preload === undefined ? runCases : (rig) => compareGrowth(rig, options.preload ?? 0),
);

/** Runs all cases. Answers whether the books are right. */
async function runCases(rig: Rig): Promise<boolean> {
  const queues = queuesOf(rig);
  const memory = new PeakMemory();
  // Half of the peak rate can be sent only where the peak was just measured.
  const cases = options.cases.includes('half-rate')
    ? [...new Set(['batches-uniform' as const, ...options.cases])]
    : options.cases;
  const entries = await startEntries(rig, { ...options, cases, queues });
  const measurements = await measureAll(rig, entries.entries, memory, { ...options, notify });
  return conclude(rig, { entries, measurements, memory, what: nameOf(options) });
}

/** Compares long tables with short ones. Answers whether the books are right. */
async function compareGrowth(rig: Rig, preload: number): Promise<boolean> {
  const memory = new PeakMemory();
  const entries = await startGrowth(rig, queuesOf(rig), preload);
  const measurements = await measureAll(rig, entries.entries, memory, { ...options, notify });
  return conclude(rig, { entries, measurements, memory, what: options.isQuick ? 'growth-quick' : 'growth' });
}

/** Only a run of everything is called `bench`. */
function nameOf({ isQuick, cases, queues }: Options): string {
  if (isQuick) return 'quick';
  return cases.length === CASES.length && queues.length > 1 ? 'bench' : 'partial';
}

interface Findings {
  readonly entries: Entries;
  readonly measurements: readonly Measurement[];
  readonly memory: PeakMemory;
  readonly what: string;
}

async function conclude(rig: Rig, { entries, measurements, memory, what }: Findings): Promise<boolean> {
  const verdicts: Verdict[] = [];
  for (const [ledger, databaseUrl] of entries.ledgers) {
    notify(`verifying ${ledger}`);
    verdicts.push(await verifyLedger(ledger, databaseUrl));
  }
  const lines = summarize(measurements);
  const targets = targetsOf(lines, memory, queuesOf(rig));
  await writeReport(rig, { what, options, lines, measurements, memory, verdicts, targets }, notify);
  return verdicts.every(isSound);
}

/** A rejected operation costs less than one that moves money: none of these loads has a reason for any. */
function isSound({ differences, summary }: Verdict): boolean {
  return differences.length === 0 && (summary['rejected'] ?? 0) === 0;
}

function queuesOf(rig: Rig): QueueKind[] {
  return options.queues.filter((queue) => queue === 'postgres' || rig.redis !== undefined);
}
