import type { Database } from './database.js';

export interface CompanyAccount {
  readonly id: number;
  readonly name: string;
}

const ID_MAX = 2_147_483_647;

/** Writes the company account, new or not. */
export async function putCompanyAccount(database: Database, { id, name }: CompanyAccount): Promise<void> {
  await database.knex('company_accounts').insert({ id, name }).onConflict('id').merge();
}

export async function companyAccountExists(database: Database, id: number): Promise<boolean> {
  if (id > ID_MAX) return false;
  return (await database.knex('company_accounts').where({ id }).first('id')) !== undefined;
}
