import { redisNodes } from '@saldo/queue';

export interface ScreenFacts {
  readonly url: string;
  /** The first admin key, if it was made just now. */
  readonly adminKey: string | undefined;
  readonly dataDir: string;
  /** Undefined: embedded. */
  readonly databaseUrl: string | undefined;
  readonly redisUrl: string | undefined;
}

/** All that somebody who has just started Saldo needs, on one screen. */
export function screen({ url, adminKey, dataDir, databaseUrl, redisUrl }: ScreenFacts): string {
  const database = databaseUrl === undefined ? `${dataDir} (embedded Postgres)` : withoutPassword(databaseUrl);
  const queue =
    redisUrl === undefined
      ? 'on the same Postgres'
      : redisNodes(redisUrl)
          .map(({ href }) => withoutPassword(href))
          .join(', ');
  const key =
    adminKey === undefined
      ? 'made before; for another: npx saldo keys create --name NAME --role admin'
      : `${adminKey}   (admin; shown this once, keep it)`;
  return `
Saldo is ready.

  Listens   ${url}
  Data      ${database}
  Queue     ${queue}
  API key   ${key}

Try a deposit:

  curl -sS ${url}/v1/operations \\
    -H 'Authorization: Bearer '${adminKey ?? '"$KEY"'} \\
    -H 'Content-Type: application/json' -H 'Prefer: wait=5' \\
    -d '{"type":"deposit","user_id":"42","amount":"199.99"}'

Ctrl-C stops everything.
`;
}

function withoutPassword(text: string): string {
  const url = new URL(text);
  return `${url.protocol}//${url.host}${url.pathname}`;
}
