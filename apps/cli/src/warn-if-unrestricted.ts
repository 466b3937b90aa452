import { isRestricted, SERVICE_ROLE } from '@saldo/store';
import { withDatabase } from './with-database.js';

/** Says what to do where gateways and workers could change what was written for ever, but for the triggers. */
export async function warnIfUnrestricted(databaseUrl: string, warn: (text: string) => void): Promise<void> {
  if (await withDatabase(databaseUrl, isRestricted, { isService: true })) return;
  warn(
    `the role ${SERVICE_ROLE} is missing, or this login may not take it on, so only triggers keep gateways and workers ` +
      `from changing the books; let a superuser run "create role ${SERVICE_ROLE}" and "grant ${SERVICE_ROLE} to" the ` +
      'login in DATABASE_URL, and then "saldo migrate"',
  );
}
