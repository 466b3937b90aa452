import { readSettings } from '@saldo/config';
import { prepareDatabase } from '../prepare-database.js';
import { useDatabase } from '../use-database.js';

export async function runMigrate({ json }: { json?: boolean }): Promise<void> {
  const settings = readSettings(process.env);
  const ran = await useDatabase(settings, 'migrate', (databaseUrl) => prepareDatabase({ ...settings, databaseUrl }));
  if (json) console.log(JSON.stringify({ ran }));
  else
    console.log(
      ran.length === 0 ? 'The database is up to date.' : `Ran ${ran.join(', ')}: the database is up to date.`,
    );
}
