import express, { type Express } from 'express';
import { Webhook } from 'standardwebhooks';

interface SaldoEvent {
  readonly type: string;
  readonly timestamp: string;
  readonly data: { readonly result: { readonly entries: readonly Entry[] } | null };
}

interface Entry {
  readonly account: string;
  readonly balance: string | null;
  readonly sequence: number | null;
}

/** The last balance of an account that was heard of. */
export interface Balance {
  readonly balance: string;
  readonly sequence: number;
}

/**
 * Hears of Saldo's operations and knows every account's balance. Deliveries come at least once and in any order: the
 * same one twice is known by its `webhook-id`, and of two balances the one with the higher `sequence` is the later.
 * A real receiver keeps both in its database, in one transaction with what it does about the event.
 */
export function createReceiver(secret: string): { app: Express; balances: ReadonlyMap<string, Balance> } {
  const webhook = new Webhook(secret);
  const seen = new Set<string>();
  const balances = new Map<string, Balance>();
  const app = express();

  // The signature is of the body as it came, so it must not be parsed before it is verified.
  app.post('/webhooks', express.text({ type: 'application/json', limit: '1mb' }), (request, response) => {
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    let event: SaldoEvent;
    try {
      event = webhook.verify(String(request.body), headers) as SaldoEvent;
    } catch {
      response.status(401).send('The signature is wrong.');
      return;
    }
    const id = String(headers['webhook-id']);
    if (!seen.has(id)) {
      for (const entry of event.data.result?.entries ?? []) keepLatest(balances, entry);
      seen.add(id);
    }
    response.sendStatus(204);
  });

  return { app, balances };
}

function keepLatest(balances: Map<string, Balance>, { account, balance, sequence }: Entry): void {
  if (balance === null || sequence === null) return;
  const known = balances.get(account);
  if (known === undefined || known.sequence < sequence) balances.set(account, { balance, sequence });
}
