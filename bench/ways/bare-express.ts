import { Child } from '../machine/child.js';
import { nowMs, type Pattern } from '../load/patterns.js';
import type { LoadChild } from './saldo.js';
import type { Way } from './way.js';

export interface BareExpress {
  under(load: LoadChild, pattern: Extract<Pattern, { kind: 'singles' }>, accounts: number): Way;
  stop(): Promise<void>;
}

/** Whose HTTP server calls the app: the one that Express itself would make, or the gateway's. */
export type ExpressServer = 'express' | 'gateway';

/** Limit for single requests: a route that only checks and answers 202. */
export async function startBareExpress(server: ExpressServer): Promise<BareExpress> {
  const child = new Child<{ readonly server: ExpressServer }, string>('./bare-express-process.js', import.meta.url);
  const url = await child.ask({ server });
  return {
    under: (load, pattern, accounts) => ({
      groups: [{ name: 'express', pid: child.pid, withChildren: false }],
      prepare: async ({ name, seed }) => {
        await load.ask({
          step: 'prepare',
          url,
          key: 'none',
          connections: pattern.connections,
          plan: { pattern, name, accounts, seed },
        });
      },
      run: async ({ seconds }) => {
        const result = await load.ask({ step: 'run', seconds });
        if (result === undefined) throw new Error('the load answered nothing');
        // It has no outcomes, so how long its answers take is not comparable.
        return { operations: result.operations, seconds: (nowMs() - result.startedAtMs) / 1_000, latenciesMs: [] };
      },
    }),
    stop: () => child.stop(),
  };
}
