/** Embedded Postgres can't be made or started here. The message says why and what to do, for people to read. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
}
