import { setTimeout as sleep } from 'node:timers/promises';
import type { Settings } from '@saldo/config';
import { claimDataDirectory, DataDirectoryInUseError } from './data-directory.js';
import { clusterExists, clusterIn, runningUrl, startEmbeddedPostgres } from './embedded-postgres/index.js';
import { prepareDatabase } from './prepare-database.js';

const WAIT_MS_MAX = 60_000;
const POLL_MS = 50;

/**
 * Gives a command the URL of the database: the one that the settings name; else the embedded one, that of a running
 * `saldo start` or one started for as long as the work takes. Where there was none before, it is made.
 */
export async function useDatabase<T>(
  settings: Settings,
  command: string,
  work: (url: string) => Promise<T>,
): Promise<T> {
  if (settings.databaseUrl !== undefined) return work(settings.databaseUrl);
  const end = Date.now() + WAIT_MS_MAX;
  for (;;) {
    try {
      return await useOwn(settings, command, work);
    } catch (error) {
      if (!(error instanceof DataDirectoryInUseError) || Date.now() > end) throw error;
      // A short command will be gone in a moment, and its Postgres with it; a start's Postgres may not be up yet.
      const url = error.command === 'start' ? await runningUrl(settings.dataDir) : undefined;
      if (url !== undefined) return work(url);
      await sleep(POLL_MS);
    }
  }
}

async function useOwn<T>(settings: Settings, command: string, work: (url: string) => Promise<T>): Promise<T> {
  const { dataDir } = settings;
  const giveBack = await claimDataDirectory(dataDir, command);
  try {
    const isNew = !clusterExists(clusterIn(dataDir));
    if (isNew) console.error(`There is no database in ${dataDir} yet.`);
    const postgres = await startEmbeddedPostgres({
      folder: dataDir,
      notify: (text) => console.error(text),
    });
    try {
      if (isNew) await prepareDatabase({ ...settings, databaseUrl: postgres.url });
      return await work(postgres.url);
    } finally {
      await postgres.stop();
    }
  } finally {
    await giveBack();
  }
}
