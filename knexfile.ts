import { knexConfig } from '@saldo/store';

/** For the knex command line; `saldo migrate` does the same and more. */
export default knexConfig(process.env['DATABASE_URL'] ?? 'postgres://localhost:5432/saldo');
