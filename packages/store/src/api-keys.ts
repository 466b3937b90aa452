import { createHash, randomBytes } from 'node:crypto';
import type { Database } from './database.js';

export type Role = 'merchant' | 'accountant' | 'admin';

export interface ApiKey {
  readonly id: number;
  readonly name: string;
  readonly role: Role;
  /** The first characters of the key. */
  readonly prefix: string;
  readonly createdAt: string;
}

interface Row {
  readonly id: number;
  readonly name: string;
  readonly role: Role;
  readonly prefix: string;
  readonly created_at: string;
}

const COLUMNS = ['id', 'name', 'role', 'prefix', 'created_at'] as const;
const PREFIX_LENGTH = 10;

/** Makes a key. `key` is the only copy there will ever be: the database keeps its hash. */
export async function createApiKey(
  database: Database,
  { name, role }: { name: string; role: Role },
): Promise<ApiKey & { readonly key: string }> {
  const key = `saldo_${randomBytes(32).toString('base64url')}`;
  const [row] = await database
    .knex('api_keys')
    .insert({ name, role, hash: hashOf(key), prefix: key.slice(0, PREFIX_LENGTH) })
    .returning<Row[]>([...COLUMNS]);
  if (row === undefined) throw new Error('no api key was made');
  return { ...apiKeyOf(row), key };
}

/** Who holds this key: undefined for one that was never given out or is revoked. */
export async function findApiKey(database: Database, key: string): Promise<ApiKey | undefined> {
  const row = await database
    .knex('api_keys')
    .where({ hash: hashOf(key) })
    .whereNull('revoked_at')
    .first<Row | undefined>(...COLUMNS);
  return row && apiKeyOf(row);
}

/** Keys that are valid, oldest first, after the one with id `afterId`. */
export async function listApiKeys(
  database: Database,
  { afterId, limit }: { afterId: number; limit: number },
): Promise<ApiKey[]> {
  const rows = await database
    .knex('api_keys')
    .whereNull('revoked_at')
    .where('id', '>', afterId)
    .orderBy('id')
    .limit(limit)
    .select<Row[]>(...COLUMNS);
  return rows.map(apiKeyOf);
}

/** Answers whether there was such a key and it was valid until now. */
export async function revokeApiKey(database: Database, id: number): Promise<boolean> {
  const revoked = await database
    .knex('api_keys')
    .where({ id })
    .whereNull('revoked_at')
    .update({ revoked_at: database.knex.fn.now() });
  return revoked > 0;
}

/**
 * Sees to it that somebody can administer. A given key is made an admin's, unless it is known already (also as
 * revoked). Without one, a key is made and answered if there is no admin yet.
 */
export async function ensureAdminKey(database: Database, given: string | undefined): Promise<string | undefined> {
  if (given !== undefined) {
    await database
      .knex('api_keys')
      .insert({
        name: 'SALDO_ADMIN_KEY',
        role: 'admin',
        hash: hashOf(given),
        prefix: given.slice(0, Math.min(PREFIX_LENGTH, given.length >> 1)),
      })
      .onConflict('hash')
      .ignore();
    return undefined;
  }
  const admin = await database
    .knex('api_keys')
    .where({ role: 'admin' })
    .whereNull('revoked_at')
    .first<{ id: number } | undefined>('id');
  if (admin !== undefined) return undefined;
  return (await createApiKey(database, { name: 'first admin', role: 'admin' })).key;
}

function hashOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

function apiKeyOf(row: Row): ApiKey {
  return { id: row.id, name: row.name, role: row.role, prefix: row.prefix, createdAt: row.created_at };
}
