import { MAIN_WALLET } from '@saldo/ledger';
import type { Database } from './database.js';
import { statement } from './statement.js';

/** A client's wallet by its number, and where its money is in the ledger. */
export interface ClientWallet {
  readonly id: number;
  readonly clientId: number;
  readonly userId: string;
  readonly wallet: string;
}

interface WalletRow {
  readonly id: number;
  readonly client_id: number;
  readonly is_main: boolean;
}

const ID_MAX = 2_147_483_647;

const insertClient = statement<{ login: string; name: string }, { client_id: number; wallet_id: number }>(
  'create-client',
);

const insertWallet = statement<{ client_id: number }, WalletRow>('create-client-wallet');

/** Makes a client and its first wallet. Undefined: the login is taken. */
export async function createClient(
  database: Database,
  { login, name }: { login: string; name: string },
): Promise<{ readonly clientId: number; readonly walletId: number } | undefined> {
  const [made] = await insertClient(database, { login, name });
  return made && { clientId: made.client_id, walletId: made.wallet_id };
}

/** Makes another wallet of a client. Undefined: there is no such client. */
export async function createClientWallet(database: Database, clientId: number): Promise<ClientWallet | undefined> {
  if (clientId > ID_MAX) return undefined;
  return (await insertWallet(database, { client_id: clientId })).map(walletOf)[0];
}

/** The wallets with these numbers, by number; those that there are not are left out. */
export async function readClientWallets(
  database: Database,
  ids: readonly number[],
): Promise<ReadonlyMap<number, ClientWallet>> {
  const rows = await database
    .knex('client_wallets')
    .whereIn(
      'id',
      ids.filter((id) => id <= ID_MAX),
    )
    .select<WalletRow[]>('id', 'client_id', 'is_main');
  return new Map(rows.map((row) => [row.id, walletOf(row)]));
}

function walletOf({ id, client_id: clientId, is_main: isMain }: WalletRow): ClientWallet {
  return { id, clientId, userId: `client:${clientId}`, wallet: isMain ? MAIN_WALLET : `wallet-${id}` };
}
