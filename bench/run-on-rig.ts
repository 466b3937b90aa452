import type { Options } from './options.js';
import { startRig, type Rig } from './rig.js';

/** What shells call ended by Ctrl-C. */
const INTERRUPTED = 130;

/**
 * Starts the servers, does the work and ends everything again, also when it is interrupted. The process then ends with
 * code 0 if the work answered that all is right.
 */
export async function runOnRig(
  options: Pick<Options, 'accounts' | 'queues' | 'needsRedis'>,
  notify: (text: string) => void,
  work: (rig: Rig) => Promise<boolean>,
): Promise<void> {
  const rig = await startRig({ accounts: options.accounts, withRedis: options.queues.includes('redis'), notify });
  let isInterrupted = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      isInterrupted = true;
      void rig.stop().finally(() => process.exit(INTERRUPTED));
    });
  }
  let isRight = false;
  try {
    if (rig.redis === undefined && options.queues.includes('redis')) {
      if (options.needsRedis) throw new Error('there is no redis-server on this machine');
      notify('there is no redis-server on this machine: the queue runs on Postgres only');
    }
    isRight = await work(rig);
  } catch (error) {
    // With the servers gone, the work can't go on: that is no news.
    if (!isInterrupted) console.error(error);
  } finally {
    await rig.stop();
  }
  process.exit(isInterrupted ? INTERRUPTED : isRight ? 0 : 1);
}
