import type { Database } from './database.js';

/** Another key is in use for this database's secrets than the one of this process. */
export class SecretKeyError extends Error {
  override readonly name = 'SecretKeyError';
}

/** Throws {@link SecretKeyError} if secrets are encrypted with a key of another fingerprint. */
export async function checkSecretKey(database: Database, fingerprint: Buffer): Promise<void> {
  const row = await database.knex('secret_key_check').first<{ fingerprint: Buffer } | undefined>('fingerprint');
  if (row !== undefined && !row.fingerprint.equals(fingerprint)) {
    throw new SecretKeyError(
      'SALDO_SECRET_KEY takes the key that the webhook secrets in this database are encrypted with, not another one',
    );
  }
}

/** To be called before a secret is kept: from the first one on, {@link checkSecretKey} takes no other key. */
export async function claimSecretKey(database: Database, fingerprint: Buffer): Promise<void> {
  await database.knex('secret_key_check').insert({ fingerprint }).onConflict('only_row').ignore();
  await checkSecretKey(database, fingerprint);
}
