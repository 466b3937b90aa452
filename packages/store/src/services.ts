import type { Database } from './database.js';

/** A service of the catalogue: its name for the reports, its price and description where it has them. */
export interface Service {
  readonly id: string;
  readonly name: string;
  readonly priceUnits: bigint | null;
  readonly description: string | null;
  readonly updatedAt: string;
}

interface Row {
  readonly id: string;
  readonly name: string;
  readonly price: bigint | null;
  readonly description: string | null;
  readonly updated_at: string;
}

/** Writes the service, new or not. Without a price or description it has none from then on. */
export async function putService(
  database: Database,
  { id, name, priceUnits, description }: Omit<Service, 'updatedAt'>,
): Promise<Service> {
  const [row] = await database
    .knex('services')
    .insert({ id, name, price: priceUnits, description, updated_at: database.knex.fn.now() })
    .onConflict('id')
    .merge()
    .returning<Row[]>('*');
  if (row === undefined) throw new Error('no service was written');
  return serviceOf(row);
}

/** Services by id, after `afterId`. */
export async function listServices(
  database: Database,
  { afterId, limit }: { afterId: string; limit: number },
): Promise<Service[]> {
  const rows = await database.knex('services').where('id', '>', afterId).orderBy('id').limit(limit).select<Row[]>('*');
  return rows.map(serviceOf);
}

function serviceOf(row: Row): Service {
  return {
    id: row.id,
    name: row.name,
    priceUnits: row.price,
    description: row.description,
    updatedAt: row.updated_at,
  };
}
