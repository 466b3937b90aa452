import type { Database } from './database.js';
import { sqlState } from './errors.js';
import { statement } from './statement.js';

/** An order of the catalogue: so many of each service, for one user. */
export interface CatalogueOrder {
  readonly id: number;
  /** As the ledger knows it. */
  readonly ledgerOrderId: string;
  readonly userId: string;
  readonly state: OrderState;
  readonly items: readonly OrderItem[];
  readonly createdAt: string;
}

export interface OrderItem {
  readonly serviceId: string;
  readonly quantity: number;
  /** For one. Null where the service has no price. */
  readonly priceUnits: bigint | null;
}

export const ORDER_STATES = ['not submitted', 'in progress', 'cancelled', 'completed'] as const;
export type OrderState = (typeof ORDER_STATES)[number];

interface Row {
  readonly id: number;
  readonly user_id: string;
  readonly created_at: string;
  readonly reserved: bigint | null;
  readonly released: bigint | null;
  readonly captured: bigint | null;
  readonly items: readonly { readonly service_id: string; readonly quantity: number; readonly price: string | null }[];
}

const ORDER_ID_MAX = 2_147_483_647;
const FOREIGN_KEY_VIOLATION = '23503';

const createOrder = statement<{ user_id: string; service_ids: string[]; quantities: number[] }, { id: number }>(
  'create-catalogue-order',
);
const readOrder = statement<{ id: number; ledger_order: string }, Row>('read-catalogue-order');
const fixPrices = statement<{ id: number }>('fix-order-prices');

/** The order in the ledger that holds a catalogue order's money: never one that a caller numbered the same. */
function ledgerOrderIdOf(id: number): string {
  return `catalogue:${id}`;
}

/** Makes an order and answers its number; undefined if a service is not in the catalogue. No service twice. */
export async function createCatalogueOrder(
  database: Database,
  { userId, items }: { userId: string; items: readonly Pick<OrderItem, 'serviceId' | 'quantity'>[] },
): Promise<number | undefined> {
  try {
    const [made] = await createOrder(database, {
      user_id: userId,
      service_ids: items.map((item) => item.serviceId),
      quantities: items.map((item) => item.quantity),
    });
    if (made === undefined) throw new Error('no order was made');
    return made.id;
  } catch (error) {
    if (sqlState(error) === FOREIGN_KEY_VIOLATION) return undefined;
    throw error;
  }
}

/** The order with its state as the ledger has it, or undefined where there is none of this number. */
export async function readCatalogueOrder(database: Database, id: number): Promise<CatalogueOrder | undefined> {
  if (!Number.isInteger(id) || id < 0 || id > ORDER_ID_MAX) return undefined;
  const ledgerOrderId = ledgerOrderIdOf(id);
  const [row] = await readOrder(database, { id, ledger_order: ledgerOrderId });
  return (
    row && {
      id: row.id,
      ledgerOrderId,
      userId: row.user_id,
      state: stateOf(row),
      items: row.items.map(({ service_id: serviceId, quantity, price }) => ({
        serviceId,
        quantity,
        priceUnits: price === null ? null : BigInt(price),
      })),
      createdAt: row.created_at,
    }
  );
}

/** The same, with its prices fixed from now on. */
export async function submitCatalogueOrder(database: Database, id: number): Promise<CatalogueOrder | undefined> {
  if (!Number.isInteger(id) || id < 0 || id > ORDER_ID_MAX) return undefined;
  await fixPrices(database, { id });
  return readCatalogueOrder(database, id);
}

/** Cancelled means given back whole; once anything of it was paid, an order with nothing left is completed. */
function stateOf({ reserved, released, captured }: Row): OrderState {
  if (reserved === null || released === null || captured === null) return 'not submitted';
  if (released + captured < reserved) return 'in progress';
  return captured === 0n ? 'cancelled' : 'completed';
}
