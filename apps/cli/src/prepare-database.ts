import { migrateQueue } from '@saldo/queue';
import { migrate, SERVICE_ROLE } from '@saldo/store';

/** Brings the ledger's tables up to date, and the queue's where Postgres carries it. Answers the migrations that it ran. */
export async function prepareDatabase({
  databaseUrl,
  redisUrl,
  lanes,
}: {
  readonly databaseUrl: string;
  readonly redisUrl: string | undefined;
  readonly lanes: number;
}): Promise<string[]> {
  const migrations = await migrate(databaseUrl, lanes);
  if (redisUrl === undefined) await migrateQueue(databaseUrl, SERVICE_ROLE);
  return migrations;
}
