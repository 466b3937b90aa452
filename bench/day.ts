import type { OperationRequest } from '@saldo/ledger';
import { readOptions, type DayOptions } from './day/options.js';
import { startOwnSaldo, useSaldo, type TargetSaldo } from './day/own-saldo.js';
import { send, shareOut, type Outcome, type Progress, type Sent } from './day/sender.js';
import { makeDay } from './day/traffic.js';
import { seeded } from './load/random.js';

const PROGRESS_MS = 1_000;
const MS_PER_S = 1_000;

const options = readOptions(process.argv.slice(2));
console.log('starting Saldo');
const saldo = options.target === undefined ? await startOwnSaldo() : useSaldo(options.target.url, options.target.key);
process.once('SIGINT', () => void saldo.stop().finally(() => process.exit(1)));
try {
  if (!(await runDay(saldo, options))) process.exitCode = 1;
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  await saldo.stop();
}

/** Answers whether everything was as it has to be. */
async function runDay(target: TargetSaldo, { operations, users, seed, ...more }: DayOptions): Promise<boolean> {
  // A Saldo that runs already may have had this day before.
  const name = more.target === undefined ? `day-${seed}` : `day-${seed}-${Date.now().toString(36)}`;
  const day = makeDay({ operations, users, name, random: seeded(seed) });
  const { connections } = more;
  console.log(`sending ${count(day.length)} operations of ${count(users)} users over ${connections} connections`);
  const sent = await sendAll(target, shareOut(day, connections), seed);
  console.log('having saldo verify recompute the books');
  const { isRight, differences } = await target.verify();

  const outcomes = [...new Map(sent.flatMap((one) => [...one.outcomes])).values()];
  const finished = outcomes.filter(({ appliedAt }) => appliedAt !== null).length;
  printSummary(sent, outcomes, differences.length);
  for (const difference of differences) console.log(`WRONG: ${difference}`);
  if (finished !== day.length) console.log(`WRONG: ${count(day.length - finished)} operations have no outcome`);
  return isRight && finished === day.length;
}

async function sendAll(target: TargetSaldo, shares: readonly OperationRequest[][], seed: number): Promise<Sent[]> {
  const progress: Progress = { accepted: 0, finished: 0 };
  const ticking = setInterval(() => {
    console.log(`  ${count(progress.accepted)} accepted, ${count(progress.finished)} outcomes read`);
  }, PROGRESS_MS);
  try {
    return await Promise.all(
      shares.map((share, index) =>
        send(share, { url: target.url, key: target.key, random: seeded(seed + index + 1), progress }),
      ),
    );
  } finally {
    clearInterval(ticking);
  }
}

function printSummary(sent: readonly Sent[], outcomes: readonly Outcome[], differences: number): void {
  const total = (what: 'singles' | 'batches'): number => sent.reduce((sum, one) => sum + one[what], 0);
  const seconds = secondsOf(outcomes);
  const ends = new Map<string, number>();
  for (const { end } of outcomes) ends.set(end, (ends.get(end) ?? 0) + 1);
  const others = [...ends].filter(([end]) => end !== 'completed').toSorted(([, a], [, b]) => b - a);
  console.log('');
  printLine('operations', count(outcomes.length));
  printLine('requests', `${count(total('singles'))} with one operation, ${count(total('batches'))} batches`);
  printLine('seconds', `${seconds.toFixed(1)} from the first accepted to the last applied`);
  printLine('operations/s', count(Math.round(outcomes.length / seconds)));
  printLine('completed', count(ends.get('completed') ?? 0));
  printLine('rejected', count(others.reduce((sum, [, times]) => sum + times, 0)));
  for (const [end, times] of others) printLine(`  ${end}`, count(times));
  printLine('differences', count(differences));
}

function secondsOf(outcomes: readonly Outcome[]): number {
  const times = outcomes.flatMap(({ acceptedAt, appliedAt }) => [acceptedAt, appliedAt ?? acceptedAt]).map(Date.parse);
  const [first, last] = times.reduce(
    ([low, high], time) => [Math.min(low, time), Math.max(high, time)],
    [Infinity, -Infinity],
  );
  return Math.max(last - first, 1) / MS_PER_S;
}

function printLine(name: string, value: string): void {
  console.log(`${name.padEnd(26)}${value}`);
}

function count(value: number): string {
  return value.toLocaleString('en');
}
