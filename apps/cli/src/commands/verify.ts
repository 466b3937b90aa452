import { readSettings } from '@saldo/config';
import { verify } from '@saldo/store';
import { useDatabase } from '../use-database.js';
import { withDatabase } from '../with-database.js';

/** Says on standard output what it found, and makes the process end with code 1 if that is any difference. */
export async function runVerify({ json }: { json?: boolean }): Promise<void> {
  const { differences, summary } = await useDatabase(readSettings(process.env), 'verify', (url) =>
    withDatabase(url, (database) => verify(database, (text) => console.error(text))),
  );
  if (differences.length > 0) process.exitCode = 1;
  if (json) {
    console.log(JSON.stringify({ differences, summary }));
    return;
  }
  for (const [name, value] of Object.entries(summary)) console.log(`${name.padEnd(12)} ${value}`);
  for (const difference of differences) console.log(`WRONG: ${difference}`);
  console.log(
    differences.length === 0 ? 'The books are right.' : `The books are wrong in ${differences.length} places.`,
  );
}
