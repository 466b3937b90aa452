import type { Database } from './database.js';

export interface WalletBalance {
  readonly wallet: string;
  readonly availableUnits: bigint;
  readonly reservedUnits: bigint;
  /** Of the available account. */
  readonly sequence: bigint;
}

/** The user's wallets in name order, `main` first; empty before the first money. */
export async function readBalance(database: Database, userId: string): Promise<WalletBalance[]> {
  const rows = await database
    .knex('accounts')
    .where({ owner: userId })
    .whereIn('kind', ['available', 'reserved'])
    .where('sequence', '>', 0)
    .select<{ kind: string; wallet: string; balance: bigint; sequence: bigint }[]>(
      'kind',
      'wallet',
      'balance',
      'sequence',
    )
    .orderByRaw(`wallet <> 'main', wallet`);
  const wallets = new Map<string, WalletBalance>();
  for (const { kind, wallet, balance, sequence } of rows) {
    const before = wallets.get(wallet) ?? { wallet, availableUnits: 0n, reservedUnits: 0n, sequence: 0n };
    wallets.set(
      wallet,
      kind === 'available' ? { ...before, availableUnits: balance, sequence } : { ...before, reservedUnits: balance },
    );
  }
  return [...wallets.values()];
}
