import type { Account, AccountKey } from './account.js';
import type { Hold, Order } from './hold.js';

/** What a batch needs to know of the ledger: the accounts and orders that its operations name, where they exist. */
export interface Books {
  readonly accounts: ReadonlyMap<AccountKey, Account>;
  readonly orders: ReadonlyMap<string, Order>;
}

/** What a batch changed, to be written back. */
export interface Changes {
  readonly accounts: ReadonlyMap<AccountKey, Account>;
  /** Orders that the batch claimed for a user. */
  readonly newOrders: readonly Order[];
  readonly holds: readonly Hold[];
}

/** The books while a batch is applied: the given ones stay as they are, changes are laid over them. */
export class WorkingBooks {
  readonly #books: Books;
  readonly #accounts = new Map<AccountKey, Account>();
  /** The orders that the batch changed, with a map of holds of their own. */
  readonly #orders = new Map<string, Order & { readonly holds: Map<string, Hold> }>();
  readonly #newOrders = new Set<string>();
  readonly #holds = new Set<string>();

  constructor(books: Books) {
    this.#books = books;
  }

  /** The account as it stands, at zero where it never had an operation. */
  account(key: AccountKey): Account {
    return this.#accounts.get(key) ?? this.#books.accounts.get(key) ?? { key, balanceUnits: 0n, sequence: 0n };
  }

  order(orderId: string): Order | undefined {
    return this.#orders.get(orderId) ?? this.#books.orders.get(orderId);
  }

  /** Adds `deltaUnits` to the account and counts one operation. Returns it as it stands after. */
  post(key: AccountKey, deltaUnits: bigint): Account {
    const before = this.account(key);
    const after = { key, balanceUnits: before.balanceUnits + deltaUnits, sequence: before.sequence + 1n };
    this.#accounts.set(key, after);
    return after;
  }

  /** Puts a hold in its order, which is claimed for the user if nobody had it. */
  putHold(userId: string, hold: Hold): void {
    const { orderId, serviceId } = hold;
    const given = this.#books.orders.get(orderId);
    // The holds are copied once for the batch, not for each change: an order may have many.
    const order = this.#orders.get(orderId) ?? {
      orderId,
      userId: given?.userId ?? userId,
      holds: new Map(given?.holds),
    };
    order.holds.set(serviceId, hold);
    this.#orders.set(orderId, order);
    if (given === undefined) this.#newOrders.add(orderId);
    this.#holds.add(`${orderId}/${serviceId}`);
  }

  changes(): Changes {
    const newOrders: Order[] = [];
    const holds: Hold[] = [];
    for (const order of this.#orders.values()) {
      if (this.#newOrders.has(order.orderId)) newOrders.push(order);
      for (const hold of order.holds.values()) {
        if (this.#holds.has(`${hold.orderId}/${hold.serviceId}`)) holds.push(hold);
      }
    }
    return { accounts: this.#accounts, newOrders, holds };
  }
}
