import { setTimeout as sleep } from 'node:timers/promises';
import { elapsedMs } from '../support/elapsed.js';
import { faultsOn, type Fault } from './faults.js';
import { Judge } from './judge.js';
import { LoadClient } from './load-client.js';
import { Random } from './random.js';
import { Records } from './records.js';
import { setStage, type Queue, type Stage } from './stage.js';

export interface CampaignOptions {
  readonly queue: Queue;
  /** The same faults happen in the same order, and the clients make up the same operations, for the same seed. */
  readonly seed: number;
  /** Ends after the round in which so much time is over; undefined: when every fault happened once. */
  readonly minutes: number | undefined;
  /** Hears of each round, in a line. */
  readonly print: (line: string) => void;
}

export interface Summary {
  readonly rounds: number;
  readonly faults: number;
  /** Operations that were accepted. */
  readonly operations: number;
  /** Each in one line; none when every promise held. */
  readonly losses: readonly string[];
}

const CLIENTS = 6;
const BEFORE_MS = 700;
/** So long after a fault's end everything that was accepted may take to have its outcome. */
const HEAL_MS_MAX = 5_000;
/** What has not healed by then won't. */
const SETTLE_MS_MAX = 40_000;
const MS_PER_MINUTE = 60_000;
/** How often a second fault happens during the first. */
const AT_ONCE = 0.3;

/** Lets things break under load, round after round, and compares after each what was promised with what is. */
export async function runCampaign({ queue, seed, minutes, print }: CampaignOptions): Promise<Summary> {
  print(`queue on ${queue}, seed ${seed}`);
  const random = new Random(seed);
  const stage = await setStage(queue);
  const records = new Records();
  const clients = Array.from(
    { length: CLIENTS },
    (_, index) => new LoadClient(`client-${index + 1}`, stage.merchants, random.fork(), records),
  );
  const judge = new Judge(stage.database, stage.databaseUrl, records);
  const passedMs = elapsedMs();
  const known = faultsOn(stage);
  let deck: Fault[] = [];
  let rounds = 0;
  let faults = 0;
  let slowestMs = 0;
  const isOver = (): boolean =>
    minutes === undefined ? faults === known.length : passedMs() > minutes * MS_PER_MINUTE;
  while (!isOver() && records.losses.length === 0) {
    // Every fault happens once before any happens again.
    if (deck.length === 0) deck = random.shuffle(known);
    const round = chooseFaults(deck, random);
    rounds += 1;
    faults += round.length;
    const before = records.accepted;
    const { told, healedMs } = await runRound({ stage, clients, judge, records, round, random });
    slowestMs = Math.max(slowestMs, healedMs);
    print(
      `round ${rounds}: ${told.join('; ')}. ${records.accepted - before} operations, healed in ${Math.round(healedMs)} ms, ` +
        `${records.losses.length} losses`,
    );
  }
  for (const loss of records.losses) print(`LOST: ${loss}`);
  if (records.losses.length > 0) printErrors(stage, print);
  print(
    `${rounds} rounds, ${faults} faults, ${records.accepted} operations in ${records.requests} requests ` +
      `(${records.refused} turned away, ${records.unanswered} cut off), ${records.polls} polls, ` +
      `slowest healing ${Math.round(slowestMs)} ms, ${records.losses.length} losses; queue on ${queue}, seed ${seed}`,
  );
  return { rounds, faults, operations: records.accepted, losses: records.losses };
}

function printErrors({ gateways, workers }: Stage, print: (line: string) => void): void {
  for (const service of [...gateways, ...workers])
    for (const line of service.errors()) print(`${service.name}: ${line}`);
}

/** Takes the deck's next fault, and now and then another that breaks something else at the same time. */
function chooseFaults(deck: Fault[], random: Random): Fault[] {
  const fault = deck.pop();
  if (fault === undefined) throw new Error('there is no fault to happen');
  if (!random.chance(AT_ONCE)) return [fault];
  const other = deck.findIndex(({ breaks }) => breaks !== fault.breaks);
  return other === -1 ? [fault] : [fault, ...deck.splice(other, 1)];
}

interface Round {
  readonly stage: Stage;
  readonly clients: readonly LoadClient[];
  readonly judge: Judge;
  readonly records: Records;
  readonly round: readonly Fault[];
  readonly random: Random;
}

async function runRound({ stage, clients, judge, records, round, random }: Round) {
  for (const client of clients) client.resume();
  await sleep(BEFORE_MS);
  // Each draws from a sequence of its own, so that it does the same whichever is the quicker.
  const told = await Promise.all(round.map((fault) => fault.happen(stage, random.fork())));
  const passedMs = elapsedMs();
  const answered = await within(SETTLE_MS_MAX, Promise.all(clients.map((client) => client.pause())));
  if (!answered) records.lose(`somebody still waits for an answer after ${SETTLE_MS_MAX} ms`);
  const isApplied = await judge.untilApplied(SETTLE_MS_MAX);
  const healedMs = passedMs();
  if (!isApplied) records.lose(`what was accepted has no outcome after ${SETTLE_MS_MAX} ms`);
  else if (healedMs > HEAL_MS_MAX) records.lose(`healing took ${Math.round(healedMs)} ms`);
  await judge.judge();
  for (const service of [...stage.gateways, ...stage.workers]) {
    const defect = await service.defect();
    if (defect !== undefined) records.lose(defect);
  }
  return { told, healedMs };
}

async function within(timeoutMs: number, done: Promise<unknown>): Promise<boolean> {
  const timer = new AbortController();
  const late = sleep(timeoutMs, false, { signal: timer.signal }).catch(() => false);
  try {
    return await Promise.race([done.then(() => true), late]);
  } finally {
    timer.abort();
  }
}
