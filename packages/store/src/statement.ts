import { readFileSync } from 'node:fs';
import type { QueryConfig, QueryResultRow } from 'pg';
import type { Queryable } from './database.js';

/** One SQL file, prepared once per connection. Its `:name` parameters are the keys of `Parameters`. */
export type Statement<Parameters extends object, Row> = (on: Queryable, parameters: Parameters) => Promise<Row[]>;

/** Reads `sql/<name>.sql` of this package. */
export function readSql(name: string): string {
  return readFileSync(new URL(`../sql/${name}.sql`, import.meta.url), 'utf8');
}

/**
 * Makes a statement of `sql/<name>.sql`. It is sent as soon as it is called. The rows come as the file selects them;
 * `Row` says how.
 */
export function statement<Parameters extends object, Row extends QueryResultRow = never>(
  name: string,
): Statement<Parameters, Row> {
  const query = statementQuery<Parameters>(name);
  return async (on, parameters) => {
    const { rows } = await on.query<Row>({ name, ...query(parameters) });
    return rows;
  };
}

/** `sql/<name>.sql` with its parameters, for whoever sends it in another way than {@link statement}. */
export function statementQuery<Parameters extends object>(name: string): (parameters: Parameters) => QueryConfig {
  const { text, names } = numberParameters(readSql(name));
  return (parameters) => {
    const valueOf = new Map<string, unknown>(Object.entries(parameters));
    return { text, values: names.map((parameter) => valueOf.get(parameter)) };
  };
}

/** Turns `:name` into Postgres's `$1`, leaving casts (`::type`) alone. Comments go: they are for readers. */
function numberParameters(sql: string): { text: string; names: readonly string[] } {
  const names: string[] = [];
  const text = sql.replace(/^\s*--.*$/gm, '').replace(/(?<!:):([a-z_]+)/g, (_, name: string) => {
    if (!names.includes(name)) names.push(name);
    return `$${names.indexOf(name) + 1}`;
  });
  return { text: text.trim(), names };
}
