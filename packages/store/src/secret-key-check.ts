import type { Database } from './database.js';

/** Another key is in use for this database's secrets than the one of this process. */
export class SecretKeyError extends Error {
  override readonly name = 'SecretKeyError';
}

/** Remembers which key is in use, by its fingerprint, the first time. Throws {@link SecretKeyError} for another one. */
export async function checkSecretKey(database: Database, fingerprint: Buffer): Promise<void> {
  await database.knex('secret_key_check').insert({ fingerprint }).onConflict('only_row').ignore();
  const row = await database.knex('secret_key_check').first<{ fingerprint: Buffer } | undefined>('fingerprint');
  if (row?.fingerprint.equals(fingerprint) !== true) {
    throw new SecretKeyError(
      'SALDO_SECRET_KEY takes the key that the secrets in this database are encrypted with, not another one');
  }
}
