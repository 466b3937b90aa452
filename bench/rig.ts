import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '@saldo/cli/embedded-postgres';
import { connectDatabase, verify } from '@saldo/store';
import type { LoadResult } from './load/patterns.js';
import { Child } from './machine/child.js';
import { Databases, type LedgerOptions } from './machine/databases.js';
import { startRedis, type PrivateRedis } from './machine/redis.js';
import { LANES } from './machine/saldo-processes.js';
import type { ProcessGroup } from './machine/usage.js';
import type { QueueKind } from './names.js';
import type { LoadRequest } from './ways/load-process.js';
import { startSaldoPair, type LoadChild, type Saldo } from './ways/saldo.js';

/** What every way runs on: servers of the benchmark's own, and the process that makes the load. */
export interface Rig {
  readonly databases: Databases;
  readonly redis: PrivateRedis | undefined;
  readonly load: LoadChild;
  /** The processes that all ways share. */
  readonly sharedGroups: readonly ProcessGroup[];
  readonly accounts: number;
  /** Where logs, files and servers' data go; removed when the rig stops. */
  readonly folder: string;
  /** A Saldo on a ledger of its own, which has so many operations; by default one per account. */
  startSaldo(name: string, queue: QueueKind, operations?: number): Promise<Saldo>;
  createLedger(name: string, lanes: number): Promise<string>;
  redisUrlFor(queue: QueueKind): string | undefined;
  /** Undone when the rig stops, the last first. */
  atTheEnd(task: () => Promise<void>): void;
  stop(): Promise<void>;
}

export interface RigOptions {
  readonly accounts: number;
  readonly withRedis: boolean;
  readonly notify: (text: string) => void;
}

export const ADMIN_KEY = 'bench_admin_key';
/** Several ways keep their connections at the same time; only one works at a time. Nothing else differs from `saldo start`. */
const POSTGRES_SETTINGS = { max_connections: '250' };

/** Starts servers, with Postgres as `saldo start` does, durability included. Whatever happens, `stop` ends them all. */
export async function startRig({ accounts, withRedis, notify }: RigOptions): Promise<Rig> {
  const tasks: (() => Promise<unknown>)[] = [];
  const undoAll = async (): Promise<void> => {
    for (const task of tasks.splice(0).reverse()) {
      await task().catch((error: unknown) => notify(`while stopping: ${String(error)}`));
    }
  };
  let stopped: Promise<void> | undefined;
  // Whoever asks again, because of Ctrl-C in the middle of it, waits for the same end.
  const stop = (): Promise<void> => (stopped ??= undoAll());
  try {
    const folder = await mkdtemp(join(tmpdir(), 'saldo-bench-'));
    // Run by root, Postgres is another user, who has to get through.
    await chmod(folder, 0o711);
    tasks.push(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
    const postgres = await startEmbeddedPostgres({ folder: join(folder, 'data'), settings: POSTGRES_SETTINGS, notify });
    tasks.push(() => postgres.stop());
    const redis = withRedis ? await startRedis(folder) : undefined;
    if (redis !== undefined) tasks.push(() => redis.stop());
    const load: LoadChild = new Child<LoadRequest, LoadResult | undefined>('./ways/load-process.js', import.meta.url);
    tasks.push(() => load.stop());
    const databases = new Databases(postgres.url, notify);
    const filling = (operations: number): LedgerOptions => ({
      lanes: LANES,
      accounts,
      operations,
      adminKey: ADMIN_KEY,
    });
    const redisUrlFor = (queue: QueueKind): string | undefined => (queue === 'redis' ? redis?.url : undefined);
    return {
      databases,
      redis,
      load,
      accounts,
      folder,
      redisUrlFor,
      stop,
      sharedGroups: [
        { name: 'postgres', pid: postgres.pid, withChildren: true },
        ...(redis === undefined ? [] : [{ name: 'redis', pid: redis.pid, withChildren: false }]),
        { name: 'load', pid: load.pid, withChildren: false },
      ],
      createLedger: (name, lanes) => databases.createLedger(name, filling(accounts), lanes),
      startSaldo: async (name, queue, operations = accounts) => {
        const databaseUrl = await databases.createLedger(name, filling(operations), LANES);
        const redisUrl = redisUrlFor(queue);
        const saldo = await startSaldoPair({ name, databaseUrl, redisUrl, adminKey: ADMIN_KEY, accounts, folder });
        tasks.push(() => saldo.stop());
        return saldo;
      },
      atTheEnd: (task) => void tasks.push(task),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What `verify` says of a ledger. */
export interface Verdict {
  readonly ledger: string;
  readonly differences: readonly string[];
  readonly summary: Readonly<Record<string, number>>;
  readonly seconds: number;
}

/** Recomputes the books of a ledger from the first operation. */
export async function verifyLedger(ledger: string, databaseUrl: string): Promise<Verdict> {
  const database = connectDatabase(databaseUrl, { poolMax: 1, name: 'bench-verify' });
  const startedAt = performance.now();
  try {
    const { differences, summary } = await verify(database);
    return { ledger, differences, summary, seconds: (performance.now() - startedAt) / 1_000 };
  } finally {
    await database.close();
  }
}
