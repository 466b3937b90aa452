import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError } from './failures.js';

const READY_MS_MAX = 60_000;
const ANSWER_MS_MAX = 5_000;
const POLL_MS = 20;

/** Waits until a gateway can serve. Throws if it can't for too long, or when the signal says so. */
export async function untilReady(url: string, signal: AbortSignal): Promise<void> {
  const end = Date.now() + READY_MS_MAX;
  for (;;) {
    const answer = await ask(`${url}/readyz`);
    if (answer === 200) return;
    if (Date.now() > end) throw new CommandError(`the gateway is up, but ${url}/readyz says: ${answer}`);
    await sleep(POLL_MS, undefined, { signal });
  }
}

/** The status, or why there is none. */
async function ask(url: string): Promise<number | string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS_MAX) });
    await response.body?.cancel();
    return response.status;
  } catch (error) {
    return String(error);
  }
}
