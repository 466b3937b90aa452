import type { Database } from './database.js';
import { statement } from './statement.js';

export interface ServiceRevenue {
  /** Its id, where it was never given a name. */
  readonly name: string;
  /** Below zero where more was refunded than captured. */
  readonly revenueUnits: bigint;
}

const readRows = statement<{ from: string; to: string }, { name: string; revenue: bigint }>('monthly-revenue');

/** What each service that had any captures or refunds in a UTC month (1 to 12) earned in it. */
export async function readMonthlyRevenue(
  database: Database,
  { year, month }: { year: number; month: number },
): Promise<ServiceRevenue[]> {
  const from = new Date(Date.UTC(year, month - 1)).toISOString();
  const to = new Date(Date.UTC(year, month)).toISOString();
  return (await readRows(database, { from, to })).map(({ name, revenue }) => ({ name, revenueUnits: revenue }));
}
