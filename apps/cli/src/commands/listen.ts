import { setTimeout as sleep } from 'node:timers/promises';
import { readSettings, SettingsError, type Settings } from '@saldo/config';
import { newWebhookSecret, signedHeaders, targetProblem, WebhookClient } from '@saldo/webhooks';
import { CommandError } from '../failures.js';
import { onStopSignal } from '../stop-signals.js';

export interface ListenOptions {
  readonly key?: string;
  readonly url?: string;
  readonly types?: string;
  readonly after: string;
  readonly forwardTo?: string;
  readonly secret?: string;
}

interface Event {
  readonly id: string;
  readonly type: string;
  readonly timestamp: string;
  readonly data: unknown;
}

interface Page {
  readonly data: readonly Event[];
  readonly next_cursor: string | null;
  readonly after: string;
}

const POLL_MS = 500;
const PAGE = 200;

/** Shows events until it is asked to stop. */
export async function runListen(options: ListenOptions): Promise<void> {
  const settings = readSettings(process.env);
  const stopping = new AbortController();
  onStopSignal(
    () => stopping.abort(),
    () => process.exit(1),
  );
  const forward = options.forwardTo === undefined ? undefined : forwarder(options.forwardTo, options.secret);
  const read = reader(options, settings, stopping.signal);
  try {
    let { after } = options;
    let isTold = false;
    for (;;) {
      const page = await read(after);
      if (page !== undefined && !isTold) console.error('Listens; Ctrl-C ends it.');
      isTold ||= page !== undefined;
      for (const event of page?.data ?? []) {
        console.log(JSON.stringify(event));
        await forward?.post(event);
      }
      after = page?.after ?? after;
      if (typeof page?.next_cursor !== 'string') await sleep(POLL_MS, undefined, { signal: stopping.signal });
    }
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
  } finally {
    await forward?.close();
  }
}

/** Answers the events after a point, or undefined while the gateway is away. */
function reader({ key, url, types }: ListenOptions, settings: Settings, signal: AbortSignal) {
  const apiKey = key ?? settings.apiKey;
  if (apiKey === undefined)
    throw new SettingsError('SALDO_API_KEY takes an API key: "saldo listen" needs one, there or as --key');
  const base = url ?? `http://${settings.host.includes(':') ? `[${settings.host}]` : settings.host}:${settings.port}`;
  if (!URL.canParse(base)) throw new CommandError(`--url takes a URL, not ${base}`);
  let isAway = false;
  return async (after: string): Promise<Page | undefined> => {
    const target = new URL('/v1/events', base);
    target.search = new URLSearchParams({
      after,
      limit: String(PAGE),
      ...(types === undefined ? {} : { types }),
    }).toString();
    try {
      const response = await fetch(target, { headers: { authorization: `Bearer ${apiKey}` }, signal });
      if (response.status >= 500) throw new Error(`it answers ${response.status}`);
      if (response.status !== 200) throw new CommandError(`${base} answers: ${await detailOf(response)}`);
      isAway = false;
      return (await response.json()) as Page;
    } catch (error) {
      if (error instanceof CommandError || signal.aborted) throw error;
      if (!isAway) console.error(`${base} can't be read just now; trying on.`);
      isAway = true;
      return undefined;
    }
  };
}

async function detailOf(response: Response): Promise<string> {
  const problem: unknown = await response.json().catch(() => undefined);
  const isProblem = typeof problem === 'object' && problem !== null && 'detail' in problem;
  return isProblem ? String(problem.detail) : String(response.status);
}

/** Posts events one after another, as a webhook would be. */
function forwarder(url: string, given: string | undefined) {
  const problem = targetProblem(url, { allowPrivate: true });
  if (problem !== undefined) throw new CommandError(`--forward-to ${problem}`);
  const secret = given ?? newWebhookSecret();
  const client = new WebhookClient({ allowPrivate: true });
  if (given === undefined) console.error(`Signed with the secret ${secret}`);
  return {
    async post({ id, type, timestamp, data }: Event): Promise<void> {
      const body = JSON.stringify({ type, timestamp, data });
      const { httpStatus, error } = await client.post(
        url,
        signedHeaders([secret], { id, body, now: new Date() }),
        body,
      );
      console.error(`${id} ${type} -> ${httpStatus ?? error ?? ''}`);
    },
    close: () => client.close(),
  };
}
