import { connectDatabase, isRestricted, SERVICE_ROLE } from '@saldo/store';

/** Says what to do where gateways and workers could change what was written for ever, but for the triggers. */
export async function warnIfUnrestricted(databaseUrl: string, warn: (text: string) => void): Promise<void> {
  const database = connectDatabase(databaseUrl, { poolMax: 1, name: 'saldo-cli', isService: true });
  try {
    if (await isRestricted(database)) return;
    warn(
      `the role ${SERVICE_ROLE} is missing, or this login may not take it on, so only triggers keep gateways and workers ` +
        `from changing the books; let a superuser run "create role ${SERVICE_ROLE}" and "grant ${SERVICE_ROLE} to" the ` +
        'login in DATABASE_URL, and then "saldo migrate"',
    );
  } finally {
    await database.close();
  }
}
