import type { Knex } from 'knex';
import { connectDatabase } from './database.js';
import { LanesChangedError, MigrationsPendingError } from './errors.js';
import { readSql } from './statement.js';

/** In order. A shipped one is never edited. */
const MIGRATIONS = ['0001-ledger', '0002-reports', '0003-webhooks', '0004-seeds'];

/** Any number that no other program on the database uses for an advisory lock. */
const MIGRATION_LOCK = 7_253_656;

/**
 * Brings the database to this version's schema and makes sure that it has the given number of lanes. Answers the
 * names of the migrations that it ran. Safe when several start at once: one migrates, the others wait for it.
 * Throws {@link LanesChangedError} if the number of lanes is another and operations are still in flight. Whoever doesn't
 * own the tables changes nothing, and gets a {@link MigrationsPendingError} if something would have to be.
 */
export async function migrate(databaseUrl: string, lanes: number): Promise<string[]> {
  const database = connectDatabase(databaseUrl, { poolMax: 1, name: 'saldo-migrate' });
  try {
    return await database.knex.transaction(async (trx) => {
      await trx.raw('select pg_advisory_xact_lock(?)', [MIGRATION_LOCK]);
      if (!(await mayMigrate(trx))) {
        await requireUpToDate(trx, lanes);
        return [];
      }
      // The lock above is held until the commit, so a lock row that knex left behind belongs to nobody.
      const migrator = trx.migrate;
      await migrator.forceFreeMigrationsLock(migratorConfig());
      const [, ran] = (await migrator.latest(migratorConfig())) as [number, string[]];
      await setLanes(trx, lanes);
      await trx.raw(readSql('grant-service-role'));
      return ran;
    });
  } finally {
    await database.close();
  }
}

/** Only the owner of tables can change them; where there are none yet, whoever makes them will own them. */
async function mayMigrate(trx: Knex.Transaction): Promise<boolean> {
  const owned = await trx('pg_class')
    .whereRaw("oid = to_regclass('knex_migrations')")
    .first<{ mine: boolean } | undefined>(trx.raw("pg_has_role(relowner, 'usage') as mine"));
  return owned?.mine ?? true;
}

async function requireUpToDate(trx: Knex.Transaction, lanes: number): Promise<void> {
  const ran = await trx('knex_migrations').pluck<string[]>('name');
  const current = await trx('lane_count').first<{ lanes: number } | undefined>('lanes');
  const pending = MIGRATIONS.filter((name) => !ran.includes(name));
  if (current?.lanes === lanes && pending.length === 0) return;
  const what = pending.length > 0 ? `${pending.join(', ')} would have to run` : `it has ${current?.lanes ?? 0} lanes`;
  throw new MigrationsPendingError(
    `the database is not ready for this Saldo with SALDO_LANES=${lanes} (${what}), and its tables are somebody else's: ` +
      'run "saldo migrate" with a DATABASE_URL that names their owner',
  );
}

/** For knex: each migration is one SQL file, run within the transaction of {@link migrate}. */
function migratorConfig(): Knex.MigratorConfig {
  return {
    disableTransactions: true,
    migrationSource: {
      getMigrations: () => Promise.resolve(MIGRATIONS),
      getMigrationName: (name: string) => name,
      getMigration: (name: string) =>
        Promise.resolve({
          up: (knex: Knex) => knex.raw(readSql(`migrations/${name}`).replaceAll('?', '\\?')),
          down: () => Promise.reject(new Error('migrations only go forward')),
        }),
    },
  };
}

/** The lock on the table waits for acceptances under way and holds off new ones, so none counts on the old number. */
async function setLanes(trx: Knex.Transaction, lanes: number): Promise<void> {
  const [current] = await trx('lane_count').select<{ lanes: number }[]>('lanes');
  if (current?.lanes === lanes) return;
  await trx.raw('lock table lanes in exclusive mode');
  if (current !== undefined) {
    const inFlight = await trx('lanes')
      .join('cursors', (join) => join.using(['lane', 'priority']))
      .whereRaw('accepted > applied')
      .first<{ lane: number } | undefined>('lane');
    if (inFlight !== undefined) {
      throw new LanesChangedError(
        `SALDO_LANES is ${lanes}, but operations are in flight on the ${current.lanes} lanes that this database has; ` +
          `start with SALDO_LANES=${current.lanes} until all are applied, then change it`,
      );
    }
  }
  await trx.raw(
    'insert into lane_count (lanes) values (?) on conflict (only_row) do update set lanes = excluded.lanes',
    [lanes],
  );
  for (const table of ['lanes', 'cursors']) {
    await trx.raw(
      `insert into ${table} (lane, priority) select lane, priority
         from generate_series(0, ? - 1) as lane, generate_series(0, 2) as priority on conflict do nothing`,
      [lanes],
    );
  }
}
