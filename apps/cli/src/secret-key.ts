import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkSecretKey } from '@saldo/store';
import { SecretBox } from '@saldo/webhooks';
import { CommandError } from './failures.js';
import { hasCode } from './has-code.js';
import { withDatabase } from './with-database.js';

const KEY_BYTES = 32;

/** The key of the data directory, which webhook secrets are encrypted with. The first time, one is made. */
export async function keptSecretKey(dataDir: string): Promise<Buffer> {
  const file = join(dataDir, 'secret.key');
  await mkdir(dataDir, { recursive: true });
  try {
    await writeFile(file, `${randomBytes(KEY_BYTES).toString('base64')}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  }
  const key = Buffer.from(await readFile(file, 'utf8'), 'base64');
  if (key.length !== KEY_BYTES) throw new CommandError(`${file} is damaged: it takes ${KEY_BYTES} bytes in base64`);
  return key;
}

/** Throws, naming SALDO_SECRET_KEY, if the database's secrets are encrypted with another key. */
export function requireSecretKey(databaseUrl: string, key: Buffer): Promise<void> {
  return withDatabase(databaseUrl, (database) => checkSecretKey(database, new SecretBox(key).fingerprint));
}
