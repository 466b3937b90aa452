import { readFileSync } from 'node:fs';
import type { Knex } from 'knex';

/** One SQL file, prepared once per connection. Its `:name` parameters are the keys of `Parameters`. */
export type Statement<Parameters extends object, Row> = (knex: Knex, parameters: Parameters) => Promise<Row[]>;

/** Reads `sql/<name>.sql` of this package. */
export function readSql(name: string): string {
  return readFileSync(new URL(`../sql/${name}.sql`, import.meta.url), 'utf8');
}

/** Makes a statement of `sql/<name>.sql`. The rows come as the file selects them; `Row` says how. */
export function statement<Parameters extends object, Row = never>(name: string): Statement<Parameters, Row> {
  const sql = withoutComments(readSql(name));
  return async (knex, parameters) => {
    const result = await knex.raw<{ rows: Row[] }>(sql, parameters as Knex.ValueDict).options({ name });
    return result.rows;
  };
}

/** The header tells readers what a statement guarantees; a `?` or `:` in it must not be taken for a parameter. */
function withoutComments(sql: string): string {
  return sql.replace(/^\s*--.*$/gm, '').trim();
}
