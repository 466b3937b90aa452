import { Client } from './client.js';
import { sharedPostgres } from './postgres.js';
import { startSaldo, startWorker, type Environment, type Saldo, type ServingSaldo } from './saldo.js';
import { makeTemporaryFolder } from './temporary-folder.js';

const OWN_ADMIN_KEY = 'the-admin-key-of-one-suite';

/** A gateway and a worker of one suite alone, on a database of their own. */
export interface OwnSaldo {
  readonly env: Environment;
  readonly databaseUrl: string;
  readonly reportsDir: string;
  readonly gateway: ServingSaldo;
  readonly worker: Saldo;
  readonly admin: Client;
}

/** Starts one; whoever wants Redis says so in `more`. It is stopped at the end of the run at the latest. */
export async function startOwnSaldo(more: Environment = {}): Promise<OwnSaldo> {
  const databaseUrl = await (await sharedPostgres()).createMigratedDatabase();
  const reportsDir = await makeTemporaryFolder('reports');
  const env = {
    DATABASE_URL: databaseUrl,
    SALDO_ADMIN_KEY: OWN_ADMIN_KEY,
    SALDO_DATA_DIR: await makeTemporaryFolder('data'),
    SALDO_REPORTS_DIR: reportsDir,
    ...more,
  };
  const gateway = await startSaldo(['gateway'], env);
  const worker = await startWorker(env);
  const admin = Client.withKey(gateway.url, OWN_ADMIN_KEY);
  return { env, databaseUrl, reportsDir, gateway, worker, admin };
}
