import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger, readSettings, type Logger, type Settings } from '@saldo/config';
import { ensureAdminKey, giveServiceLogin, seedDemo } from '@saldo/store';
import { claimDataDirectory } from '../data-directory.js';
import { startEmbeddedPostgres } from '../embedded-postgres/index.js';
import { CommandError } from '../failures.js';
import { keepPostgresRunning } from '../keep-postgres-running.js';
import { prepareDatabase } from '../prepare-database.js';
import { requireRedis } from '../require-redis.js';
import { screen } from '../screen.js';
import { keptSecretKey, requireSecretKey } from '../secret-key.js';
import { onStopSignal } from '../stop-signals.js';
import { Supervisor } from '../supervisor.js';
import { untilReady } from '../until-ready.js';
import { warnIfUnrestricted } from '../warn-if-unrestricted.js';
import { withDatabase } from '../with-database.js';

/** What the parts of a start share. */
interface Start {
  readonly settings: Settings;
  /** Whether to write the demo catalogue. */
  readonly demo: boolean;
  readonly logger: Logger;
  /** Aborted when it has to stop. */
  readonly signal: AbortSignal;
  /** Registers what has to be done when it stops: what was registered last is done first. */
  readonly atStop: (task: () => Promise<void>) => void;
  /** Registers what may be done to be quicker about it. */
  readonly atHurry: (task: () => void) => void;
}

/** Runs everything until it is asked to stop, or throws because it can't start. Either way, nothing is left running. */
export async function runStart({ demo = false }: { demo?: boolean } = {}): Promise<void> {
  const settings = readSettings(process.env);
  const logger = createLogger('start', settings.logLevel);
  const stopping = new AbortController();
  const { signal } = stopping;
  const stopTasks: (() => Promise<void>)[] = [];
  const hurryTasks: (() => void)[] = [];
  onStopSignal(
    () => {
      logger.info('stopping');
      stopping.abort();
    },
    () => hurryTasks.forEach((task) => task()),
  );
  try {
    await startAll({
      settings,
      demo,
      logger,
      signal,
      atStop: (task) => stopTasks.unshift(task),
      atHurry: (task) => hurryTasks.push(task),
    });
    if (!signal.aborted) await once(signal, 'abort');
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    stopping.abort();
    for (const task of stopTasks)
      await task().catch((error: unknown) => logger.error('stopping went wrong', { error }));
  }
  process.exit(0);
}

async function startAll(start: Start): Promise<void> {
  const { settings, signal } = start;
  if (settings.redisUrl !== undefined) await requireRedis(settings.redisUrl);
  const { databaseUrl, hold } = await findPostgres(start);
  signal.throwIfAborted();
  const migrations = await prepareDatabase({ ...settings, databaseUrl });
  if (migrations.length > 0) start.logger.info('migrated the database', { migrations });
  // Whoever gave a key may use it as soon as Saldo is ready. One of ours is made when there is a screen to show it.
  const { adminKey } = settings;
  if (adminKey !== undefined) await withDatabase(databaseUrl, (database) => ensureAdminKey(database, adminKey));
  if (start.demo) await withDatabase(databaseUrl, seedDemo);
  const secretKey = settings.secretKey ?? (await keptSecretKey(settings.dataDir));
  await requireSecretKey(databaseUrl, secretKey);
  signal.throwIfAborted();
  // On a server of ours, the parts log in as the role of services; on one of yours, they take it on.
  const serviceUrl = hold === undefined ? databaseUrl : await giveServiceLogin(databaseUrl);
  if (hold === undefined) await warnIfUnrestricted(databaseUrl, (text) => start.logger.warn(text));
  const url = await startParts(
    start,
    { DATABASE_URL: serviceUrl, SALDO_SECRET_KEY: secretKey.toString('base64') },
    hold,
  );
  const made =
    adminKey === undefined
      ? await withDatabase(databaseUrl, (database) => ensureAdminKey(database, undefined))
      : undefined;
  process.stdout.write(screen({ ...settings, url, adminKey: made }));
}

interface FoundPostgres {
  readonly databaseUrl: string;
  /** For the parts to hold on to, if the Postgres is ours. */
  readonly hold?: Writable;
}

/** Beside Postgres's own default of 100, each lane listens, works and sends in both parts. */
const CONNECTIONS_PER_LANE = 6;

/** The one that the settings name, or else our own. */
async function findPostgres({ settings, logger, signal, atStop }: Start): Promise<FoundPostgres> {
  const { databaseUrl, dataDir, lanes } = settings;
  if (databaseUrl !== undefined) return { databaseUrl };
  atStop(await claimDataDirectory(dataDir, 'start'));
  const postgres = await startEmbeddedPostgres({
    folder: dataDir,
    settings: { max_connections: String(100 + CONNECTIONS_PER_LANE * lanes) },
    notify: (text) => logger.info(text),
  });
  atStop(() => postgres.stop());
  void keepPostgresRunning(postgres, logger, signal);
  return { databaseUrl: postgres.url, hold: postgres.hold };
}

/** Both wait for the servers that they need; so long they may. */
const UP_MS_MAX = 60_000;

/** Answers where the gateway listens, once it can serve. */
async function startParts(start: Start, found: Record<string, string>, hold: Writable | undefined): Promise<string> {
  const { logger, atStop, atHurry } = start;
  const env = { ...process.env, ...found };
  const gateway = new Supervisor({ part: 'gateway', env, hold, logger });
  const worker = new Supervisor({ part: 'worker', env, hold, logger });
  atStop(async () => void (await Promise.all([gateway.stop(), worker.stop()])));
  for (const part of [gateway, worker]) atHurry(() => part.kill());
  const up = Promise.all([gateway.ready, worker.ready]).then(async ([url]) => {
    if (url === undefined) throw new Error('the gateway came up without saying where');
    await untilReady(url);
    return url;
  });
  return Promise.race([up, failWhenAborted(start.signal), failWhenLate()]);
}

async function failWhenAborted(signal: AbortSignal): Promise<never> {
  if (!signal.aborted) await once(signal, 'abort');
  throw new CommandError('stopped before it was up');
}

async function failWhenLate(): Promise<never> {
  await sleep(UP_MS_MAX, undefined, { ref: false });
  throw new CommandError(`the gateway or the worker can't serve after ${UP_MS_MAX / 1000} s; the log says why`);
}
