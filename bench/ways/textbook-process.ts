import pg from 'pg';
import { seeded } from '../load/random.js';
import { drawPairs, type DrawPair, type Spread } from '../load/shapes.js';
import { nowMs } from '../load/patterns.js';
import { answerParent } from '../machine/child.js';
import type { RunResult } from './way.js';

export interface TextbookRequest {
  readonly databaseUrl: string;
  readonly spread: Spread;
  readonly accounts: number;
  readonly seed: number;
  readonly seconds: number;
  readonly connections: number;
  /** Sends a transaction's statements without waiting for one another's answers. */
  readonly isPipelined: boolean;
}

const UPDATE = { name: 'update', text: 'update accounts set balance = balance + $2 where id = $1' };
const INSERT_OPERATION = {
  name: 'operation',
  text: 'insert into operations (payer, payee, amount) values ($1, $2, $3) returning id',
};
const INSERT_ENTRIES = {
  name: 'entries',
  text: 'insert into entries (operation_id, account_id, amount) values ($1, $2, -$4::bigint), ($1, $3, $4::bigint)',
};
/** Where nobody waits for the operation's id, the session still knows it. */
const INSERT_LAST_ENTRIES = {
  name: 'last-entries',
  text: 'insert into entries (operation_id, account_id, amount) values (lastval(), $1, -$3::bigint), (lastval(), $2, $3::bigint)',
};

let clients: { key: string; open: pg.Client[] } | undefined;

answerParent<TextbookRequest, RunResult>(async (request) => {
  const open = await connect(request);
  const draw = drawPairs(request.spread, request.accounts, seeded(request.seed));
  const transfer = request.isPipelined ? transferPipelined : transferAwaited;
  const latenciesMs: number[] = [];
  const startedAtMs = nowMs();
  const endMs = startedAtMs + request.seconds * 1_000;
  await Promise.all(
    open.map(async (client) => {
      for (let beganMs = nowMs(); beganMs < endMs; beganMs = nowMs()) {
        await transfer(client, draw);
        latenciesMs.push(nowMs() - beganMs);
      }
    }),
  );
  return { operations: latenciesMs.length, seconds: (nowMs() - startedAtMs) / 1_000, latenciesMs };
});

/** Connections stay open from run to run, with their prepared statements. */
async function connect({ databaseUrl, connections, isPipelined }: TextbookRequest): Promise<pg.Client[]> {
  const key = `${databaseUrl} ${connections} ${isPipelined}`;
  if (clients?.key === key) return clients.open;
  await Promise.all((clients?.open ?? []).map((client) => client.end()));
  const open = Array.from(
    { length: connections },
    () => new pg.Client({ connectionString: databaseUrl, pipeline: isPipelined }),
  );
  await Promise.all(open.map((client) => client.connect()));
  clients = { key, open };
  return open;
}

/** The two updates go in the order of the accounts, so that two transfers never wait for each other. */
function updatesOf([payer, payee]: readonly [number, number], amount: number): (readonly [number, number])[] {
  const updates = [
    [payer, -amount],
    [payee, amount],
  ] as const;
  return updates.toSorted(([a], [b]) => a - b);
}

function amountOf(payer: number): number {
  return 100 + (payer % 90_000);
}

async function transferAwaited(client: pg.Client, draw: DrawPair): Promise<void> {
  const [payer, payee] = draw();
  const amount = amountOf(payer);
  await client.query('begin');
  for (const values of updatesOf([payer, payee], amount)) await client.query({ ...UPDATE, values: [...values] });
  const { rows } = await client.query<{ id: string }>({ ...INSERT_OPERATION, values: [payer, payee, amount] });
  await client.query({ ...INSERT_ENTRIES, values: [rows[0]?.id, payer, payee, amount] });
  await client.query('commit');
}

async function transferPipelined(client: pg.Client, draw: DrawPair): Promise<void> {
  const [payer, payee] = draw();
  const amount = amountOf(payer);
  await Promise.all([
    client.query('begin'),
    ...updatesOf([payer, payee], amount).map((values) => client.query({ ...UPDATE, values: [...values] })),
    client.query({ ...INSERT_OPERATION, values: [payer, payee, amount] }),
    client.query({ ...INSERT_LAST_ENTRIES, values: [payer, payee, amount] }),
    client.query('commit'),
  ]);
}
