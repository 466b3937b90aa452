import { SettingsError } from '@saldo/config';
import { LanesChangedError, MigrationsPendingError, SecretKeyError } from '@saldo/store';
import { DataDirectoryError, DataDirectoryInUseError } from './data-directory.js';
import { EmbeddedPostgresError } from './embedded-postgres/index.js';

/** A command can't do what it was asked to. The message says why, for people to read. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

const FOR_PEOPLE = [
  CommandError,
  SettingsError,
  LanesChangedError,
  SecretKeyError,
  MigrationsPendingError,
  DataDirectoryError,
  DataDirectoryInUseError,
  EmbeddedPostgresError,
];

/** What is said of an error when a command ends with it: words for what can happen, the stack for what can't. */
export function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (FOR_PEOPLE.some((kind) => error instanceof kind)) return error.message;
  // Node tries every address of a name, and keeps what became of each inside.
  if (error instanceof AggregateError && error.errors.length > 0) return describeFailure(error.errors[0]);
  if (isFromPostgres(error)) return describePostgresError(error);
  if ('syscall' in error) return 'address' in error ? `a server can't be reached: ${error.message}` : error.message;
  return error.stack ?? error.message;
}

/** The database is Postgres's and empty, or an older one: its tables are not there. */
const NO_SUCH_TABLE_OR_COLUMN = new Set(['42P01', '42703', '3F000']);

function describePostgresError(error: Error & { readonly code: string }): string {
  if (NO_SUCH_TABLE_OR_COLUMN.has(error.code)) {
    return `the database has not, or not all, of Saldo's tables (${error.message}): run "saldo migrate" first`;
  }
  return `Postgres answered: ${error.message} (${error.code})`;
}

function isFromPostgres(error: Error): error is Error & { readonly code: string } {
  return 'severity' in error && 'code' in error && typeof error.code === 'string';
}
