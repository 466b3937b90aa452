import { connectDatabase, type Database } from '@saldo/store';
import type { LoadResult, Pattern } from '../load/patterns.js';
import type { Child } from '../machine/child.js';
import { startSaldo } from '../machine/saldo-processes.js';
import type { ProcessGroup } from '../machine/usage.js';
import type { LoadRequest } from './load-process.js';
import { readTotals, untilApplied } from './progress.js';
import type { RunResult, RunSpec, Way } from './way.js';

export type LoadChild = Child<LoadRequest, LoadResult | undefined>;

/** A gateway and a worker on a database of their own. */
export interface Saldo {
  /** Where its gateway listens. */
  readonly url: string;
  readonly databaseUrl: string;
  readonly groups: readonly ProcessGroup[];
  /** This Saldo, under a load. */
  under(load: LoadChild, pattern: Pattern): Way;
  stop(): Promise<void>;
}

export interface SaldoOptions {
  readonly name: string;
  readonly databaseUrl: string;
  readonly redisUrl: string | undefined;
  readonly adminKey: string;
  readonly accounts: number;
  readonly folder: string;
}

export async function startSaldoPair(options: SaldoOptions): Promise<Saldo> {
  const { databaseUrl, name } = options;
  const [gateway, worker] = await Promise.all([startSaldo('gateway', options), startSaldo('worker', options)]);
  const { url } = gateway;
  if (url === undefined) throw new Error('the gateway named no address');
  const database = connectDatabase(databaseUrl, { poolMax: 1, name: 'bench' });
  const groups = [
    { name: 'gateway', pid: gateway.pid, withChildren: false },
    { name: 'worker', pid: worker.pid, withChildren: false },
  ];
  return {
    url,
    databaseUrl,
    groups,
    under: (load, pattern) => ({
      groups,
      prepare: async ({ name: run, seed }) => {
        const plan = { pattern, name: `${name}.${run}`, accounts: options.accounts, seed };
        await load.ask({ step: 'prepare', url, key: options.adminKey, connections: connectionsOf(pattern), plan });
      },
      run: (spec) => runToLastOutcome(database, load, spec),
    }),
    stop: async () => {
      await gateway.stop();
      await worker.stop();
      await database.close();
    },
  };
}

/** At a fixed rate, as many connections as it takes. */
const PACED_CONNECTIONS = 128;

function connectionsOf(pattern: Pattern): number {
  switch (pattern.kind) {
    case 'batches':
    case 'singles':
      return pattern.connections;
    case 'paced':
      return PACED_CONNECTIONS;
    case 'idle':
      return 1;
    default:
      return pattern satisfies never;
  }
}

/** The run is over when every lane's cursor has reached what the lane accepted: then all outcomes are committed. */
async function runToLastOutcome(database: Database, load: LoadChild, { seconds }: RunSpec): Promise<RunResult> {
  const before = await readTotals(database);
  const result = await load.ask({ step: 'run', seconds });
  if (result === undefined) throw new Error('the load answered nothing');
  const endedAtMs = await untilApplied(database);
  const accepted = (await readTotals(database)).accepted - before.accepted;
  if (accepted !== result.operations)
    throw new Error(`${result.operations} operations were sent, ${accepted} were accepted`);
  return { operations: accepted, seconds: (endedAtMs - result.startedAtMs) / 1_000, latenciesMs: result.latenciesMs };
}
