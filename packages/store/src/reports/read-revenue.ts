import { createHash } from 'node:crypto';
import { statement } from '../statement.js';
import type { Snapshot } from './snapshot.js';

/** What a service brought in a month: captures less refunds. */
export interface RevenueLine {
  readonly serviceId: string;
  readonly name: string;
  /** In units of 1/10,000; below zero where more was refunded than captured. */
  readonly revenueUnits: bigint;
}

interface Row {
  readonly service_id: string;
  readonly name: string;
  /** A numeric, which comes as text. */
  readonly revenue: string;
}

const revenue = statement<{ month: string }, Row>('reports/revenue');

/** The revenue of a UTC month (`2026-11`) by service, in the order of their names. */
export async function readRevenue(snapshot: Snapshot, month: string): Promise<RevenueLine[]> {
  const rows = await revenue(snapshot, { month: `${month}-01` });
  return rows.map((row) => ({ serviceId: row.service_id, name: row.name, revenueUnits: BigInt(row.revenue) }));
}

/** Tells one state of a month's revenue from another, in names and numbers. */
export function revenueBasis(lines: readonly RevenueLine[]): string {
  const hash = createHash('sha256');
  for (const { serviceId, name, revenueUnits } of lines)
    hash.update(JSON.stringify([serviceId, name, String(revenueUnits)]));
  return hash.digest('hex');
}
