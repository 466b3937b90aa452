import { UNITS_PER_ONE } from '@saldo/ledger';
import type { Database } from './database.js';

/** Whole units of money. */
const SERVICES: Readonly<Record<string, readonly [name: string, price: bigint]>> = {
  1: ['IT support', 30_000n],
  2: ['Legal support', 50_000n],
  3: ['Catering', 20_000n],
  4: ['Cleaning', 10_000n],
  5: ['Medical services', 70_000n],
  6: ['Plumbing services', 10_000n],
};

interface DemoOrder {
  readonly id: number;
  readonly userId: string;
  /** Service and quantity. */
  readonly items: readonly (readonly [serviceId: string, quantity: number])[];
}

const ORDERS: readonly DemoOrder[] = [
  {
    id: 1,
    userId: '1',
    items: [
      ['6', 1],
      ['1', 3],
      ['4', 1],
      ['2', 2],
      ['5', 2],
    ],
  },
  {
    id: 2,
    userId: '2',
    items: [
      ['5', 2],
      ['1', 1],
    ],
  },
  {
    id: 3,
    userId: '3',
    items: [
      ['4', 3],
      ['2', 1],
      ['1', 1],
      ['6', 1],
    ],
  },
  {
    id: 4,
    userId: '4',
    items: [
      ['3', 1],
      ['4', 3],
      ['2', 1],
      ['5', 3],
    ],
  },
  {
    id: 5,
    userId: '5',
    items: [
      ['4', 1],
      ['3', 1],
      ['2', 2],
    ],
  },
  {
    id: 6,
    userId: '1',
    items: [
      ['6', 1],
      ['2', 3],
    ],
  },
  { id: 7, userId: '2', items: [['3', 1]] },
  { id: 8, userId: '3', items: [['1', 2]] },
];

/** How much of the demo data was new. */
export interface DemoSeeded {
  readonly services: number;
  readonly orders: number;
  readonly company_accounts: number;
}

/**
 * Writes the catalogue of the Avito balance service's demo: services, orders of users 1 to 5, a company account. What
 * is there already, by its number, is left as it is, so it may run any number of times. It moves no money.
 */
export async function seedDemo(database: Database): Promise<DemoSeeded> {
  return database.knex.transaction(async (trx) => {
    const services = await trx('services')
      .insert(
        Object.entries(SERVICES).map(([id, [name, price]]) => ({ id, name, price: String(price * UNITS_PER_ONE) })),
      )
      .onConflict('id')
      .ignore()
      .returning<{ id: string }[]>('id');
    const accounts = await trx('company_accounts')
      .insert({ id: 1, name: 'Company account' })
      .onConflict('id')
      .ignore()
      .returning<{ id: number }[]>('id');
    const orders = await trx('catalogue_orders')
      .insert(ORDERS.map(({ id, userId }) => ({ id, user_id: userId })))
      .onConflict('id')
      .ignore()
      .returning<{ id: number }[]>('id');
    const isNew = (order: DemoOrder): boolean => orders.some(({ id }) => id === order.id);
    const items = ORDERS.filter(isNew).flatMap((order) =>
      order.items.map(([serviceId, quantity]) => ({ order_id: order.id, service_id: serviceId, quantity })),
    );
    if (items.length > 0) await trx('catalogue_order_items').insert(items);
    return { services: services.length, orders: orders.length, company_accounts: accounts.length };
  });
}
