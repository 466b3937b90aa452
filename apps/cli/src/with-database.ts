import { connectDatabase, type Database } from '@saldo/store';

/** Connects for one piece of work, and closes the connection behind it. */
export async function withDatabase<T>(url: string, work: (database: Database) => Promise<T>): Promise<T> {
  const database = connectDatabase(url, { poolMax: 1, name: 'saldo-cli' });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}
