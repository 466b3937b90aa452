import { setTimeout as sleep } from 'node:timers/promises';

const ANSWER_MS_MAX = 5_000;
const POLL_MS = 20;

/** Waits until a gateway can serve. */
export async function untilReady(url: string): Promise<void> {
  while (!(await isReady(url))) await sleep(POLL_MS);
}

async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(ANSWER_MS_MAX) });
    await response.body?.cancel();
    return response.status === 200;
  } catch {
    return false;
  }
}
