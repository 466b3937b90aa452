import type { Database } from './database.js';

/** The key that links to reports are signed with: all gateways share it. */
export async function readLinkKey(database: Database): Promise<Buffer> {
  const row = await database
    .knex('secrets')
    .where({ name: 'report links' })
    .first<{ value: Buffer } | undefined>('value');
  if (row === undefined) throw new Error('the database has no key for links');
  return row.value;
}
