import type { Database } from '../database.js';
import { statement } from '../statement.js';

const expire = statement<{ keep_days: number }, { readonly file: string }>('reports/expire-files');
const findStray = statement<{ names: readonly string[] }, { readonly name: string }>('reports/find-stray-files');

/** Gives up the files that no report of the last days has, and answers their names. Those of closings are kept. */
export async function expireReportFiles(database: Database, keepDays: number): Promise<string[]> {
  const rows = await expire(database, { keep_days: keepDays });
  return [...new Set(rows.map((row) => row.file))];
}

/** Which of these files belong to no report. */
export async function findStrayFiles(database: Database, names: readonly string[]): Promise<string[]> {
  return (await findStray(database, { names })).map((row) => row.name);
}
