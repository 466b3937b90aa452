import { randomBytes } from 'node:crypto';
import { connectDatabase, type Database } from './database.js';

/**
 * The role that gateways and workers take on, whatever their URL logs in as. It can't change what was written for ever.
 * The migrations make it.
 */
export const SERVICE_ROLE = 'saldo_app';

/**
 * Lets the role log in by itself, with a new password, and answers the URL to do so: whoever has nothing else can't
 * become anybody else. For a server of which all databases are ours.
 */
export async function giveServiceLogin(databaseUrl: string): Promise<string> {
  const password = randomBytes(24).toString('base64url');
  const database = connectDatabase(databaseUrl, { poolMax: 1, name: 'saldo-migrate' });
  try {
    // No statement that defines something takes parameters. A password of this alphabet needs no quoting.
    await database.knex.raw(`alter role ${SERVICE_ROLE} login password '${password}'`);
  } finally {
    await database.close();
  }
  return Object.assign(new URL(databaseUrl), { username: SERVICE_ROLE, password }).href;
}

/** Whether a service can't change what was written for ever, on this database with these credentials. */
export async function isRestricted(database: Database): Promise<boolean> {
  const { rows } = await database.knex.raw<{ rows: { is_restricted: boolean }[] }>(
    `select not exists (select from unnest(array['jobs', 'operations']) as t(name), unnest(array['update', 'delete', 'truncate']) as p(name)
                         where has_table_privilege(t.name, p.name)) as is_restricted`,
  );
  return rows[0]?.is_restricted === true;
}
