import type { Database } from './database.js';
import { statement } from './statement.js';

export interface ServiceRevenue {
  /** Its id, where it was never given a name. */
  readonly name: string;
  /** Below zero where more was refunded than captured. */
  readonly revenueUnits: bigint;
}

const readRows = statement<{ month: string }, { name: string; revenue: string }>('monthly-revenue');

/** What each service that had any captures or refunds in a UTC month (`2026-11`) earned in it. */
export async function readMonthlyRevenue(database: Database, month: string): Promise<ServiceRevenue[]> {
  const rows = await readRows(database, { month: `${month}-01` });
  return rows.map(({ name, revenue }) => ({ name, revenueUnits: BigInt(revenue) }));
}
