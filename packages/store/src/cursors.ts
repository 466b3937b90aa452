import type { Priority } from '@saldo/ledger';
import type { Database } from './database.js';
import { priorityAt } from './priority.js';

/** How far a lane has come: positions up to `applied` are applied, up to `accepted` are given out. */
export interface LaneProgress {
  readonly lane: number;
  readonly priority: Priority;
  readonly accepted: number;
  readonly applied: number;
}

/** Every lane's progress, at every priority. */
export async function readProgress(database: Database): Promise<LaneProgress[]> {
  const rows = await database
    .knex('lanes')
    .join('cursors', (join) => join.using(['lane', 'priority']))
    .select<{ lane: number; priority: number; accepted: bigint; applied: bigint }[]>(
      'lane',
      'priority',
      'accepted',
      'applied',
    );
  return rows.map((row) => ({
    lane: row.lane,
    priority: priorityAt(row.priority),
    accepted: Number(row.accepted),
    applied: Number(row.applied),
  }));
}
