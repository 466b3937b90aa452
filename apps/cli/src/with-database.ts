import { connectDatabase, type Database } from '@saldo/store';

/** Connects for one piece of work, with a service's rights or the login's own, and closes the connection behind it. */
export async function withDatabase<T>(
  url: string,
  work: (database: Database) => Promise<T>,
  { isService = false } = {},
): Promise<T> {
  const database = connectDatabase(url, { poolMax: 1, name: 'saldo-cli', isService });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}
