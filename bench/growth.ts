import { batchPattern, type Entries, type Entry } from './cases.js';
import type { QueueKind } from './names.js';
import type { Rig } from './rig.js';
import type { Saldo } from './ways/saldo.js';

/** Saldo on tables that have so many operations beside Saldo on tables that have hardly any. */
export async function startGrowth(rig: Rig, queues: readonly QueueKind[], preload: number): Promise<Entries> {
  const entries: Entry[] = [];
  const ledgers = new Map<string, string>();
  const start = async (wayName: Entry['wayName'], queue: QueueKind, operations: number): Promise<Saldo> => {
    const saldo = await rig.startSaldo(wayName.replace('-', '_'), queue, operations);
    ledgers.set(wayName, saldo.databaseUrl);
    const way = saldo.under(rig.load, batchPattern('batches-uniform'));
    entries.push({ caseName: 'batches-uniform', wayName, way });
    return saldo;
  };
  for (const queue of queues) {
    await start(`saldo-${queue}`, queue, rig.accounts);
    await start(`grown-${queue}`, queue, preload);
  }
  return { entries, ledgers };
}
