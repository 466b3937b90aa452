import {
  accountKey, accountParts, availableKey, isSystemKind, neededBy, reservedKey,
  type Account, type AccountKey, type AccountKind, type Books, type Captured, type Hold, type Operation, type Order,
} from '@saldo/ledger';
import type { Database } from './database.js';
import { statement } from './statement.js';
import type { Transaction } from './transaction.js';

interface OrderRow {
  readonly order_id: string;
  readonly user_id: string;
  readonly service_id: string | null;
  readonly wallet: string;
  readonly reserved: bigint;
  readonly released: bigint;
  readonly captured: bigint;
  /** [service id, captured, refunded], in units as text. */
  readonly captures: readonly [string, string, string][] | null;
}

interface AccountRow {
  readonly id: bigint;
  readonly kind: AccountKind;
  readonly owner: string;
  readonly wallet: string;
  readonly balance: bigint;
  readonly sequence: bigint;
}

interface KeyColumns {
  readonly kinds: string[];
  readonly owners: string[];
  readonly wallets: string[];
  readonly stripes: number[];
}

const readOrders = statement<{ orders: string[] }, OrderRow>('read-orders');
const lockAccounts = statement<KeyColumns, AccountRow>('lock-accounts');
const createAccounts = statement<KeyColumns>('create-accounts');

/** The books that a batch needs, and the row ids of their accounts. */
export interface ReadBooks {
  readonly books: Books;
  readonly ids: ReadonlyMap<AccountKey, bigint>;
}

/**
 * Reads what the operations need, and locks their accounts until the transaction ends. Accounts that money may enter
 * for the first time are made, outside the transaction. The lane must be locked by `transaction`.
 */
export async function readBooks(database: Database, transaction: Transaction, lane: number, operations: readonly Operation[]): Promise<ReadBooks> {
  const needed = neededBy(operations);
  const orders = needed.orders.size === 0 ? new Map<string, Order>() : ordersOf(await readOrders(transaction, { orders: [...needed.orders] }));
  const keys = new Set(needed.accounts);
  for (const order of orders.values()) {
    for (const hold of order.holds.values()) {
      keys.add(availableKey(order.userId, hold.wallet));
      keys.add(reservedKey(order.userId, hold.wallet));
    }
  }
  let rows = await lockAccounts(transaction, columnsOf(keys, lane));
  const found = new Set(rows.map(accountKey));
  const missing = [...needed.created].filter((key) => !found.has(key));
  if (missing.length > 0) {
    await createAccounts(database, columnsOf(missing, lane));
    rows = rows.concat(await lockAccounts(transaction, columnsOf(missing, lane)));
  }
  const accounts = new Map<AccountKey, Account>();
  const ids = new Map<AccountKey, bigint>();
  for (const row of rows) {
    const key = accountKey(row);
    accounts.set(key, { key, balanceUnits: row.balance, sequence: row.sequence });
    ids.set(key, row.id);
  }
  return { books: { accounts, orders }, ids };
}

/** A system account is striped by lane, a user's is not. */
function columnsOf(keys: Iterable<AccountKey>, lane: number): KeyColumns {
  const columns: KeyColumns = { kinds: [], owners: [], wallets: [], stripes: [] };
  for (const key of keys) {
    const { kind, owner, wallet } = accountParts(key);
    columns.kinds.push(kind);
    columns.owners.push(owner);
    columns.wallets.push(wallet);
    columns.stripes.push(isSystemKind(kind) ? lane : 0);
  }
  return columns;
}

function ordersOf(rows: readonly OrderRow[]): Map<string, Order> {
  const holdsByOrder = new Map<string, { userId: string; holds: Map<string, Hold> }>();
  for (const row of rows) {
    const order = holdsByOrder.get(row.order_id) ?? { userId: row.user_id, holds: new Map<string, Hold>() };
    holdsByOrder.set(row.order_id, order);
    if (row.service_id === null) continue;
    order.holds.set(row.service_id, {
      orderId: row.order_id,
      serviceId: row.service_id,
      wallet: row.wallet,
      reservedUnits: row.reserved,
      releasedUnits: row.released,
      capturedUnits: row.captured,
      captures: new Map((row.captures ?? []).map(capturedOf)),
    });
  }
  return new Map([...holdsByOrder].map(([orderId, order]) => [orderId, { orderId, ...order }]));
}

function capturedOf([serviceId, captured, refunded]: readonly [string, string, string]): [string, Captured] {
  return [serviceId, { capturedUnits: BigInt(captured), refundedUnits: BigInt(refunded) }];
}
