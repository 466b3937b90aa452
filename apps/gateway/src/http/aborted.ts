import type { Response } from 'express';

/** Is aborted when the caller goes away before the answer: whatever waits for them need not wait any longer. */
export function abortedWith(response: Response): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => controller.abort());
  return controller.signal;
}
