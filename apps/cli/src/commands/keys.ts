import { readSettings, type Settings } from '@saldo/config';
import { connectCarrier } from '@saldo/queue';
import { createApiKey, listApiKeys, revokeApiKey, type ApiKey, type Database, type Role } from '@saldo/store';
import { CommandError } from '../failures.js';
import { useDatabase } from '../use-database.js';
import { withDatabase } from '../with-database.js';

const PAGE = 200;

/** The key alone goes to standard output, so that a script may take it from there. */
export async function runKeysCreate({ name, role, json }: { name: string; role: Role; json?: boolean }): Promise<void> {
  const made = await withKeys((database) => createApiKey(database, { name, role }));
  if (json) {
    console.log(JSON.stringify({ ...keyJson(made), key: made.key }));
    return;
  }
  console.error(`Key ${made.id} "${made.name}", of role ${made.role}. It is shown this once:`);
  console.log(made.key);
}

export async function runKeysList({ json }: { json?: boolean }): Promise<void> {
  const keys = await withKeys(readAll);
  if (json) {
    console.log(JSON.stringify(keys.map(keyJson)));
    return;
  }
  const rows = [
    ['ID', 'ROLE', 'KEY', 'MADE', 'NAME'],
    ...keys.map((key) => [String(key.id), key.role, `${key.prefix}…`, key.createdAt, key.name]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of rows) console.log(row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
}

export async function runKeysRevoke(id: number): Promise<void> {
  await withKeys(async (database, url, settings) => {
    if (!(await revokeApiKey(database, id))) throw new CommandError(`there is no key ${id}, or it is revoked already`);
    await announceRevocation(id, url, settings);
  });
  console.log(`Key ${id} is revoked.`);
}

async function withKeys<T>(work: (database: Database, url: string, settings: Settings) => Promise<T>): Promise<T> {
  const settings = readSettings(process.env);
  return useDatabase(settings, 'keys', (url) => withDatabase(url, (database) => work(database, url, settings)));
}

async function readAll(database: Database): Promise<ApiKey[]> {
  const keys: ApiKey[] = [];
  for (;;) {
    const page = await listApiKeys(database, { afterId: keys.at(-1)?.id ?? 0, limit: PAGE });
    keys.push(...page);
    if (page.length < PAGE) return keys;
  }
}

/** The gateways that run remember keys. Should they miss this, they ask again after some seconds. */
async function announceRevocation(apiKeyId: number, databaseUrl: string, { redisUrl }: Settings): Promise<void> {
  const carrier = connectCarrier({ redisUrl, databaseUrl, workers: 0, onError: () => undefined });
  try {
    await carrier.bus.publish({ kind: 'revoked', apiKeyId });
  } finally {
    await carrier.close();
  }
}

function keyJson({ id, name, role, prefix, createdAt }: ApiKey): Record<string, unknown> {
  return { id: String(id), name, role, prefix, created_at: createdAt };
}
