import { readFileSync } from 'node:fs';
import pg from 'pg';
import { uuidv7 } from 'uuidv7';
import { amountOf } from '../load/batches.js';
import { seeded, type Random } from '../load/random.js';
import { nowMs } from '../load/patterns.js';
import { answerParent } from '../machine/child.js';
import { GIVEN_UNITS } from '../machine/fill.js';
import type { RunResult } from './way.js';

export interface SetBasedRequest {
  readonly databaseUrl: string;
  readonly accounts: number;
  readonly lanes: number;
  readonly batchSize: number;
  readonly seed: number;
  readonly seconds: number;
}

const STATEMENT = {
  name: 'load-batch',
  text: readFileSync(new URL('../../sql/load-batch.sql', import.meta.url), 'utf8'),
};
const UNITS_PER_CENT = 100;

/** The books of one lane's share of the accounts, which no other lane touches, so that nobody ever waits. */
interface Share {
  readonly client: pg.Client;
  readonly lane: number;
  readonly accounts: readonly number[];
  /** The id of account 1; those of the others follow. */
  readonly firstId: number;
  position: number;
}

interface Books {
  readonly shares: readonly Share[];
  readonly balances: Float64Array;
  readonly sequences: Float64Array;
}

let books: Books | undefined;

answerParent<SetBasedRequest, RunResult>(async (request) => {
  books ??= await openBooks(request);
  const { shares, balances, sequences } = books;
  const latenciesMs: number[] = [];
  const startedAtMs = nowMs();
  const endMs = startedAtMs + request.seconds * 1_000;
  await Promise.all(
    shares.map(async (share) => {
      const random = seeded(request.seed + share.lane);
      for (let beganMs = nowMs(); beganMs < endMs; beganMs = nowMs()) {
        const values = batchOf(share, { balances, sequences }, request.batchSize, random);
        await share.client.query({ ...STATEMENT, values });
        latenciesMs.push(nowMs() - beganMs);
      }
    }),
  );
  return { operations: latenciesMs.length * request.batchSize, seconds: (nowMs() - startedAtMs) / 1_000, latenciesMs };
});

async function openBooks({ databaseUrl, accounts, lanes }: SetBasedRequest): Promise<Books> {
  const numbers = Array.from({ length: accounts }, (_, index) => index + 1);
  const shares = Array.from({ length: lanes }, async (_, lane): Promise<Share> => {
    const client = new pg.Client(databaseUrl);
    await client.connect();
    const first = await client.query<{ id: string }>(
      `select id from accounts where kind = 'available' and owner = '1'`,
    );
    const cursor = await client.query<{ applied: string }>(
      'select applied from cursors where lane = $1 and priority = 1',
      [lane],
    );
    return {
      client,
      lane,
      accounts: numbers.filter((number) => number % lanes === lane),
      firstId: Number(first.rows[0]?.id),
      position: Number(cursor.rows[0]?.applied) + 1,
    };
  });
  return {
    shares: await Promise.all(shares),
    balances: new Float64Array(accounts + 1).fill(GIVEN_UNITS),
    sequences: new Float64Array(accounts + 1).fill(1),
  };
}

/** A batch of transfers, already applied in memory, as the statement's parameters. */
function batchOf(
  share: Share,
  { balances, sequences }: Omit<Books, 'shares'>,
  size: number,
  random: Random,
): unknown[] {
  const columns: unknown[][] = Array.from({ length: 10 }, () => []);
  const moved = new Set<number>();
  const draw = (): number => share.accounts[Math.floor(random() * share.accounts.length)] ?? 0;
  const move = (account: number, units: number): readonly [number, number] => {
    moved.add(account);
    const balance = (balances[account] ?? 0) + units;
    const sequence = (sequences[account] ?? 0) + 1;
    balances[account] = balance;
    sequences[account] = sequence;
    return [balance, sequence];
  };
  for (let row = 0; row < size; row += 1) {
    const payer = draw();
    let payee = draw();
    while (payee === payer) payee = draw();
    const amount = amountOf(random);
    const units = Math.round(Number(amount) * 100) * UNITS_PER_CENT;
    const [debitBalance, debitSequence] = move(payer, -units);
    const [creditBalance, creditSequence] = move(payee, units);
    const request = JSON.stringify({
      type: 'transfer',
      from_user_id: String(payer),
      to_user_id: String(payee),
      amount,
    });
    const id = share.firstId - 1;
    const values = [
      uuidv7(),
      String(payer),
      request,
      id + payer,
      id + payee,
      units,
      debitBalance,
      creditBalance,
      debitSequence,
      creditSequence,
    ];
    values.forEach((value, column) => columns[column]?.push(value));
  }
  // In the order of their ids, as everybody locks accounts.
  const accounts = [...moved].toSorted((a, b) => a - b);
  const position = share.position;
  share.position += size;
  const [ids, users, requests, ...rest] = columns;
  return [
    ids,
    users,
    requests,
    position,
    ...rest,
    accounts.map((account) => share.firstId - 1 + account),
    accounts.map((account) => balances[account]),
    accounts.map((account) => sequences[account]),
    share.lane,
  ];
}
