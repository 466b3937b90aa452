import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { batchPattern } from './cases.js';
import { LANES } from './machine/saldo-processes.js';
import { ADMIN_KEY, type Rig } from './rig.js';
import { runOnRig } from './run-on-rig.js';
import { median } from './statistics.js';
import { ask } from './ways/ask.js';
import { startSaldoPair, type Saldo } from './ways/saldo.js';

/**
 * What reports cost: a long statement as CSV and as XLSX beside `COPY TO` of the same rows, the month's revenue on long
 * tables, and what the ledger does meanwhile.
 */

const KIB_PER_MIB = 1_024;

const { values } = parseArgs({
  options: {
    operations: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '5' },
    accounts: { type: 'string', default: '100000' },
  },
});
const [operations, rounds, seconds] = [Number(values.operations), Number(values.rounds), Number(values.seconds)];
const notify = (text: string): void => console.error(text);
const options = { accounts: Number(values.accounts), queues: ['redis', 'postgres'] as const, needsRedis: false };

await runOnRig(options, notify, async (rig) => {
  await measureStatements(rig);
  await measureLedgerBesideReport(rig);
  return true;
});

/** Two users have paid each other all the time, so each has a statement of all operations. */
async function measureStatements(rig: Rig): Promise<void> {
  const filling = { lanes: LANES, accounts: 2, operations, adminKey: ADMIN_KEY };
  const databaseUrl = await rig.databases.createLedger('statements', filling, LANES);
  const saldo = await startSaldoPair({
    name: 'statements',
    databaseUrl,
    redisUrl: undefined,
    adminKey: ADMIN_KEY,
    accounts: 2,
    folder: rig.folder,
  });
  rig.atTheEnd(() => saldo.stop());
  const [copy, csv, xlsx, revenue]: [number[], number[], number[], number[]] = [[], [], [], []];
  const peaks: [number[], number[]] = [[], []];
  for (let round = 1; round <= rounds; round += 1) {
    notify(`statements, round ${round} of ${rounds}`);
    copy.push(await copySeconds(databaseUrl));
    for (const [index, format, times] of [
      [0, 'csv', csv],
      [1, 'xlsx', xlsx],
    ] as const) {
      const pid = await reportProcess(saldo);
      await writeFile(`/proc/${pid}/clear_refs`, '5');
      times.push(await makeReport(saldo, { type: 'statement', format, user_id: '1', ...always(round) }));
      peaks[index].push(await peakMib(pid));
    }
    revenue.push(
      await makeReport(saldo, { type: 'revenue', format: round % 2 ? 'csv' : 'xlsx', period: monthOf(round) }),
    );
  }
  const ratio = (times: readonly number[]): string => (median(copy) / median(times)).toFixed(2);
  console.log(`
A statement of ${operations} operations, medians of ${rounds} rounds; from the request to the finished file
  ${median(copy).toFixed(1)} s  COPY TO of the same rows
  ${median(csv).toFixed(1)} s  CSV: ${ratio(csv)} of its rate (at least 0.3); peak ${Math.max(...peaks[0])} MiB (under 200)
  ${median(xlsx).toFixed(1)} s  XLSX: ${ratio(xlsx)} of its rate; peak ${Math.max(...peaks[1])} MiB (under 200)
  ${median(revenue).toFixed(3)} s  a month's revenue on that ledger (under 1)`);
}

/** The ledger's throughput without and with a report of all operations being made. */
async function measureLedgerBesideReport(rig: Rig): Promise<void> {
  const queue = rig.redis === undefined ? 'postgres' : 'redis';
  const saldo = await rig.startSaldo('beside', queue, operations);
  const way = saldo.under(rig.load, batchPattern('batches-uniform'));
  const operate = async (name: string, seed: number): Promise<number> => {
    await way.prepare({ name, seed, seconds });
    const result = await way.run({ name, seed, seconds });
    return result.operations / result.seconds;
  };
  await operate('warm', 99);
  const [alone, beside]: [number[], number[]] = [[], []];
  for (let round = 1; round <= rounds; round += 1) {
    notify(`beside a report, round ${round} of ${rounds}`);
    alone.push(await operate(`alone${round}`, round));
    const report = await order(saldo, { type: 'operations', format: 'csv', ...always(round) });
    beside.push(await operate(`beside${round}`, rounds + round));
    if ((await statusOf(saldo, report)) !== 'queued')
      notify('the report was finished before the run: give it more operations');
    await finish(saldo, report);
  }
  console.log(`
Operations per second, batches of 500, queue on ${queue}, medians of ${rounds} rounds
  ${median(alone).toFixed(0)}  alone
  ${median(beside).toFixed(0)}  while a report of ${operations} operations and more is made: ${(median(beside) / median(alone)).toFixed(2)} (at least 0.8)`);
}

/** A span over everything, another one each time: the same request would be answered with the same file. */
function always(round: number): { from: string; to: string } {
  return { from: `2020-01-01T00:00:0${round}Z`, to: '2100-01-01T00:00:00Z' };
}

function monthOf(round: number): string {
  return `2026-0${round}`;
}

async function copySeconds(databaseUrl: string): Promise<number> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  const startedAt = performance.now();
  await client.query(readFileSync(new URL('../sql/copy-statement.sql', import.meta.url), 'utf8'));
  const took = (performance.now() - startedAt) / 1_000;
  await client.end();
  return took;
}

/** Seconds from the request to the finished file. */
async function makeReport(saldo: Saldo, body: object): Promise<number> {
  const startedAt = performance.now();
  await finish(saldo, await order(saldo, body));
  return (performance.now() - startedAt) / 1_000;
}

async function order(saldo: Saldo, body: object): Promise<string> {
  return (JSON.parse(await ask(saldo.url, 'POST', '/v1/reports', body)) as { id: string }).id;
}

async function statusOf(saldo: Saldo, id: string): Promise<string> {
  return statusIn(await ask(saldo.url, 'GET', `/v1/jobs/${id}`));
}

async function finish(saldo: Saldo, id: string): Promise<void> {
  for (;;) {
    const status = statusIn(await ask(saldo.url, 'GET', `/v1/jobs/${id}?wait=30`));
    if (status === 'completed') return;
    if (status !== 'queued') throw new Error(`report ${id} is ${status}`);
  }
}

function statusIn(job: string): string {
  return (JSON.parse(job) as { status: string }).status;
}

/** The worker has reports made by a process of its own, its only child. */
async function reportProcess(saldo: Saldo): Promise<number> {
  const worker = saldo.groups.find(({ name }) => name === 'worker')?.pid;
  const children = (await readFile(`/proc/${worker}/task/${worker}/children`, 'utf8')).trim().split(' ');
  return Number(children[0]);
}

async function peakMib(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / KIB_PER_MIB);
}
