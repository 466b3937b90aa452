import { Child } from '../machine/child.js';
import type { SetBasedRequest } from './set-based-process.js';
import type { RunResult, Way } from './way.js';

/** So many connections load at once, each a lane of its own. */
export const SET_BASED_LANES = 4;

export interface SetBased {
  on(batchSize: number): Way;
  stop(): Promise<void>;
}

/** Limit for batches: the same rows, straight into Postgres, by somebody who knows beforehand what is in them. */
export function startSetBased(databaseUrl: string, accounts: number): SetBased {
  const child = new Child<SetBasedRequest, RunResult>('./set-based-process.js', import.meta.url);
  return {
    on: (batchSize) => ({
      groups: [{ name: 'client', pid: child.pid, withChildren: false }],
      prepare: () => Promise.resolve(),
      run: ({ seed, seconds }) =>
        child.ask({ databaseUrl, accounts, lanes: SET_BASED_LANES, batchSize, seed, seconds }),
    }),
    stop: () => child.stop(),
  };
}
