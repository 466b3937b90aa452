import { readSettings } from '@saldo/config';
import { prepareDatabase } from '../prepare-database.js';
import { useDatabase } from '../use-database.js';
import { warnIfUnrestricted } from '../warn-if-unrestricted.js';

export async function runMigrate({ json }: { json?: boolean }): Promise<void> {
  const settings = readSettings(process.env);
  const ran = await useDatabase(settings, 'migrate', async (databaseUrl) => {
    const migrations = await prepareDatabase({ ...settings, databaseUrl });
    await warnIfUnrestricted(databaseUrl, (text) => console.error(text));
    return migrations;
  });
  if (json) console.log(JSON.stringify({ ran }));
  else
    console.log(
      ran.length === 0 ? 'The database is up to date.' : `Ran ${ran.join(', ')}: the database is up to date.`,
    );
}
