/** A Postgres error's SQLSTATE, or undefined for anything else. */
export function sqlState(error: unknown): string | undefined {
  // A broken socket's error has a code too (EPIPE), but no severity.
  if (!(error instanceof Error) || !('code' in error) || !('severity' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

export function isUniqueViolation(error: unknown, constraint: string): boolean {
  return (
    sqlState(error) === '23505' && error instanceof Error && 'constraint' in error && error.constraint === constraint
  );
}

/**
 * Whether the request could have succeeded with Postgres in good health: it is away, full, shutting down, or another
 * transaction was in the way. Everything else is a defect of ours or bad input.
 */
export function isUnavailable(error: unknown): boolean {
  const state = sqlState(error);
  if (state !== undefined) return /^(08|53|57|40|25P03|55P03|58)/.test(state);
  return (
    error instanceof Error &&
    /ECONN|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN|terminated|acquiring a connection|Connection ended|not queryable|timeout e(xceeded|xpired)/i.test(
      `${'code' in error ? String(error.code) : ''} ${error.message}`,
    )
  );
}

/** The database's number of lanes isn't this process's, and work is in flight that counts on it. */
export class LanesChangedError extends Error {
  override readonly name = 'LanesChangedError';
}

/** The database has to be migrated, and this login may not do it. */
export class MigrationsPendingError extends Error {
  override readonly name = 'MigrationsPendingError';
}
