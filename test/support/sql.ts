import pg from 'pg';

/** Sends statements to a database, as nothing of Saldo's would: to plant what tests need and to look behind things. */
export async function withSql<T>(databaseUrl: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Runs one statement, for what only the hand of the database's owner can do: say, let time pass. */
export async function runSql(databaseUrl: string, statement: string, values: unknown[] = []): Promise<void> {
  await withSql(databaseUrl, (client) => client.query(statement, values));
}

/** Puts everything that was applied so far a month back, as if it had been a month ago. */
export async function aMonthAgo(databaseUrl: string): Promise<void> {
  await withSql(databaseUrl, (client) =>
    client.query(`
      begin;
      alter table operations disable trigger operations_are_insert_only;
      update operations set applied_at = applied_at - interval '1 month';
      alter table operations enable trigger operations_are_insert_only;
      update monthly_revenue set month = month - interval '1 month';
      commit`),
  );
}
