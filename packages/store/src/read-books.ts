import {
  accountKey,
  availableKey,
  neededBy,
  reservedKey,
  type Account,
  type AccountKey,
  type AccountKind,
  type Books,
  type Captured,
  type Hold,
  type Operation,
  type Order,
} from '@saldo/ledger';
import type { AccountIds } from './account-ids.js';
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

const readOrders = statement<{ orders: string[] }, OrderRow>('read-orders');
const lockAccounts = statement<{ ids: bigint[] }, AccountRow>('lock-accounts');

/** The books that a batch needs, and the row ids of their accounts. */
export interface ReadBooks {
  readonly books: Books;
  readonly ids: ReadonlyMap<AccountKey, bigint>;
}

/**
 * Reads what the operations need, and locks their accounts until the transaction ends. Accounts that money may enter
 * for the first time are made, outside the transaction. The lane must be locked by `transaction`.
 */
export async function readBooks(
  database: Database,
  transaction: Transaction,
  accountIds: AccountIds,
  lane: number,
  operations: readonly Operation[],
): Promise<ReadBooks> {
  const needed = neededBy(operations);
  const orders =
    needed.orders.size === 0
      ? new Map<string, Order>()
      : ordersOf(await readOrders(transaction, { orders: [...needed.orders] }));
  const keys = new Set(needed.accounts);
  for (const order of orders.values()) {
    for (const hold of order.holds.values()) {
      keys.add(availableKey(order.userId, hold.wallet));
      keys.add(reservedKey(order.userId, hold.wallet));
    }
  }
  const accounts = new Map<AccountKey, Account>();
  const ids = new Map<AccountKey, bigint>();
  const wanted = await accountIds.find(database, transaction, lane, keys, needed.created);
  for (const row of await lockAccounts(transaction, { ids: wanted })) {
    const key = accountKey(row);
    accounts.set(key, { key, balanceUnits: row.balance, sequence: row.sequence });
    ids.set(key, row.id);
  }
  if (ids.size !== wanted.length || wanted.length > keys.size || ![...ids.keys()].every((key) => keys.has(key))) {
    accountIds.forget();
    throw new Error('remembered account ids led to other accounts');
  }
  return { books: { accounts, orders }, ids };
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
