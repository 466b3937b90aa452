import { accountKey, accountParts, isSystemKind, type AccountKey, type AccountKind } from '@saldo/ledger';
import type { Database, Queryable } from './database.js';
import { statement } from './statement.js';

interface KeyColumns {
  readonly kinds: string[];
  readonly owners: string[];
  readonly wallets: string[];
  readonly stripes: number[];
}

interface AccountRow {
  readonly id: bigint;
  readonly kind: AccountKind;
  readonly owner: string;
  readonly wallet: string;
}

const findAccounts = statement<KeyColumns, AccountRow>('find-accounts');
const createAccounts = statement<KeyColumns>('create-accounts');

/** So many ids are remembered, at about 150 bytes each; then all are forgotten. */
const REMEMBERED_MAX = 200_000;

/**
 * Remembers the row ids of accounts, for all lanes of a process: an account is found by its id at a third of what its
 * key costs. The ids are hints: whoever reads a row by one checks that it is the account that was meant.
 */
export class AccountIds {
  readonly #ids = new Map<string, bigint>();

  /**
   * The ids of accounts, as a lane sees them, where these exist. Of the `created`, those that don't are made, in a
   * transaction of their own.
   */
  async find(
    database: Database,
    on: Queryable,
    lane: number,
    keys: ReadonlySet<AccountKey>,
    created: ReadonlySet<AccountKey>,
  ): Promise<bigint[]> {
    if (this.#ids.size + keys.size > REMEMBERED_MAX) this.#ids.clear();
    const isUnknown = (key: AccountKey): boolean => !this.#ids.has(this.#nameOf(key, lane));
    const unknown = [...keys].filter(isUnknown);
    if (unknown.length > 0) await this.#learn(on, lane, unknown);
    const missing = unknown.filter((key) => created.has(key) && isUnknown(key));
    if (missing.length > 0) {
      await createAccounts(database, columnsOf(missing, lane));
      await this.#learn(on, lane, missing);
    }
    return [...keys].flatMap((key) => this.#ids.get(this.#nameOf(key, lane)) ?? []);
  }

  /** To be called where an id led to another account: the database isn't the one that the ids were learned from. */
  forget(): void {
    this.#ids.clear();
  }

  async #learn(on: Queryable, lane: number, keys: readonly AccountKey[]): Promise<void> {
    for (const row of await findAccounts(on, columnsOf(keys, lane)))
      this.#ids.set(this.#nameOf(accountKey(row), lane), row.id);
  }

  /** A system account is another row on each lane. */
  #nameOf(key: AccountKey, lane: number): string {
    return isSystemKind(accountParts(key).kind) ? `${key}@${lane}` : key;
  }
}

/** A system account is striped by lane, a user's is not. */
function columnsOf(keys: readonly AccountKey[], lane: number): KeyColumns {
  const parts = keys.map(accountParts);
  return {
    kinds: parts.map(({ kind }) => kind),
    owners: parts.map(({ owner }) => owner),
    wallets: parts.map(({ wallet }) => wallet),
    stripes: parts.map(({ kind }) => (isSystemKind(kind) ? lane : 0)),
  };
}
