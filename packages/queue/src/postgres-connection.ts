import type pg from 'pg';

export interface PostgresOptions {
  readonly url: string;
  /** The role that each session takes on, where it is there and the login's to take; undefined: it stays what it is. */
  readonly role: string | undefined;
  /** Hears of lost connections, which mend themselves. */
  readonly onError: (error: Error) => void;
}

const CONNECT_MS_MAX = 5_000;
/** Far more than any statement of the queue takes, so that only a line on which answers get lost is given up. */
const ANSWER_MS_MAX = 10_000;
const KEEP_ALIVE_MS = 5_000;

/** How the queue's connections to Postgres are made: none waits for ever on a line that is dead. */
export function connectionOf(text: string, name: string, session = ''): pg.ClientConfig {
  const url = new URL(text);
  // What the URL says about the session goes before ours: of two settings of one name the last counts.
  const options = `${url.searchParams.get('options') ?? ''} ${session}`.trim();
  url.searchParams.delete('options');
  return {
    connectionString: url.href,
    ...(options === '' ? {} : { options }),
    application_name: name,
    connectionTimeoutMillis: CONNECT_MS_MAX,
    query_timeout: ANSWER_MS_MAX,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
  };
}

const TAKE_ROLE = "select set_config('role', $1, false) where pg_has_role(to_regrole($1), 'member')";

/** To be called before anything else on a connection. Where the role is not there to be taken, nothing happens. */
export async function takeRole(client: pg.ClientBase, role: string | undefined): Promise<void> {
  if (role !== undefined) await client.query(TAKE_ROLE, [role]);
}
