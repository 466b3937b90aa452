import type { Database } from './database.js';

const PROBE_MS_MAX = 2_000;

/** Whether Postgres answers. */
export async function isReachable(database: Database): Promise<boolean> {
  try {
    await database.knex.raw('select 1').timeout(PROBE_MS_MAX);
    return true;
  } catch {
    return false;
  }
}
