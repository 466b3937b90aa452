import {
  applyBatch,
  type Account,
  type Books,
  type Changes,
  type Operation,
  type Order,
  type Outcome,
} from '@saldo/ledger';

export const EMPTY_BOOKS: Books = { accounts: new Map(), orders: new Map() };

/** The books after the changes were written: orders are claimed first, then every hold is put into its order. */
export function booksAfter(books: Books, changes: Changes): Books {
  const orders = new Map(books.orders);
  for (const { orderId, userId } of changes.newOrders) {
    if (orders.has(orderId)) throw new Error(`order ${orderId} was claimed twice`);
    orders.set(orderId, { orderId, userId, holds: new Map() });
  }
  for (const hold of changes.holds) {
    const order = orders.get(hold.orderId);
    if (order === undefined) throw new Error(`a hold of order ${hold.orderId}, which nobody claimed`);
    orders.set(hold.orderId, { ...order, holds: new Map(order.holds).set(hold.serviceId, hold) });
  }
  return { accounts: new Map([...books.accounts, ...changes.accounts]), orders };
}

/** One operation, applied alone. */
export interface Step {
  readonly operation: Operation;
  readonly before: Books;
  readonly outcome: Outcome;
  readonly changes: Changes;
  readonly after: Books;
}

/** Applies each operation as a batch of its own. */
export function stepsOf(opening: Books, operations: readonly Operation[]): Step[] {
  let before = opening;
  return operations.map((operation) => {
    const { outcomes, changes } = applyBatch(before, [operation]);
    const [outcome] = outcomes;
    if (outcome === undefined || outcomes.length > 1) throw new Error('one operation has one outcome');
    const after = booksAfter(before, changes);
    const step = { operation, before, outcome, changes, after };
    before = after;
    return step;
  });
}

export function books(accounts: readonly Account[], orders: readonly Order[] = []): Books {
  return {
    accounts: new Map(accounts.map((account) => [account.key, account])),
    orders: new Map(orders.map((order) => [order.orderId, order])),
  };
}
