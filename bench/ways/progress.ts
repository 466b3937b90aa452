import { setTimeout as sleep } from 'node:timers/promises';
import { readProgress, type Database } from '@saldo/store';
import { nowMs } from '../load/patterns.js';

const POLL_MS = 2;
const STUCK_MS = 30_000;

/**
 * Waits until every lane's cursor has reached what the lane accepted: then all outcomes are committed. Answers when
 * that was. Throws if nothing moves any more.
 */
export async function untilApplied(database: Database): Promise<number> {
  let moved = { applied: -1, atMs: nowMs() };
  for (;;) {
    const { accepted, applied } = await readTotals(database);
    const atMs = nowMs();
    if (accepted === applied) return atMs;
    if (applied !== moved.applied) moved = { applied, atMs };
    else if (atMs - moved.atMs > STUCK_MS)
      throw new Error(`${accepted - applied} operations are queued and none is applied`);
    await sleep(POLL_MS);
  }
}

/** How many operations were ever accepted, and applied. */
export async function readTotals(database: Database): Promise<{ accepted: number; applied: number }> {
  const lanes = await readProgress(database);
  const sum = (of: 'accepted' | 'applied'): number => lanes.reduce((total, lane) => total + lane[of], 0);
  return { accepted: sum('accepted'), applied: sum('applied') };
}
