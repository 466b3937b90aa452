import pg from 'pg';

/** Runs one statement, for what only the hand of the database's owner can do: say, let time pass. */
export async function runSql(databaseUrl: string, statement: string, values: unknown[] = []): Promise<void> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    await client.query(statement, values);
  } finally {
    await client.end();
  }
}
