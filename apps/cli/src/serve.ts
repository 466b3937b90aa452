import { createLogger, readSettings, SettingsError, type Logger, type Settings } from '@saldo/config';
import { ensureAdminKey } from '@saldo/store';
import { prepareDatabase } from './prepare-database.js';
import { hasParent, tellParent } from './parent.js';
import { requireSecretKey } from './secret-key.js';
import { onStopSignal } from './stop-signals.js';
import { warnIfUnrestricted } from './warn-if-unrestricted.js';
import { withDatabase } from './with-database.js';

type ServerSettings = Settings & { readonly databaseUrl: string };

interface Service {
  readonly url?: string;
  stop(): Promise<void>;
}

/** What is in hand is finished in this time, or given up: every operation is safe in Postgres, another takes it. */
const STOP_MS_MAX = 30_000;
/** While it still waits for its servers, nothing is in hand. */
const STOP_BEFORE_UP_MS_MAX = 2_000;

/**
 * Runs the gateway or the worker in this process until it is asked to stop, by a signal or by the end of the
 * `saldo start` that started it.
 */
export async function serve(
  part: 'gateway' | 'worker',
  start: (settings: ServerSettings, logger: Logger) => Promise<Service>,
): Promise<void> {
  const settings = requireDatabase(readSettings(process.env), part);
  const logger = createLogger(part, settings.logLevel);
  endOnDefect(logger);
  const stopRequest = new Promise<void>((resolve) => {
    onStopSignal(resolve, () => process.exit(1));
    process.once('disconnect', resolve);
    // It may have ended before we could hear of it.
    if (hasParent() && !process.connected) resolve();
  });
  // Under `saldo start`, that has been done.
  if (!hasParent()) await prepare(settings, logger);
  let isUp = false;
  void stopRequest.then(() => {
    const timeoutMs = isUp ? STOP_MS_MAX : STOP_BEFORE_UP_MS_MAX;
    setTimeout(() => {
      logger.error('stopping took too long', { timeoutMs });
      process.exit(1);
    }, timeoutMs).unref();
  });
  const service = await start(settings, logger);
  isUp = true;
  await tellParent({ kind: 'ready', ...(service.url === undefined ? {} : { url: service.url }) });
  await stopRequest;
  await service.stop();
  process.exit(0);
}

function requireDatabase(settings: Settings, part: string): ServerSettings {
  const { databaseUrl } = settings;
  if (databaseUrl === undefined) {
    throw new SettingsError(
      `DATABASE_URL takes a postgres:// URL: "saldo ${part}" needs one ("saldo start" runs a Postgres of its own)`,
    );
  }
  return { ...settings, databaseUrl };
}

async function prepare(settings: ServerSettings, logger: Logger): Promise<void> {
  const migrations = await prepareDatabase(settings);
  if (migrations.length > 0) logger.info('migrated the database', { migrations });
  const { adminKey, databaseUrl, secretKey } = settings;
  if (secretKey !== undefined) await requireSecretKey(databaseUrl, secretKey);
  await warnIfUnrestricted(databaseUrl, (text) => logger.warn(text));
  if (adminKey !== undefined) await withDatabase(databaseUrl, (database) => ensureAdminKey(database, adminKey));
}

/** A defect ends the process, whoever started it starts it again; the log says why, in its own format. */
function endOnDefect(logger: Logger): void {
  process.on('uncaughtException', (error) => {
    logger.error('ended by a defect', { error });
    process.exit(1);
  });
  // A log that nobody reads any more is no reason to drop what is in hand.
  process.stderr.on('error', () => undefined);
}
