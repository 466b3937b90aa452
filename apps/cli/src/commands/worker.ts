import { startWorker } from '@saldo/worker';
import { serve } from '../serve.js';

export async function runWorker(): Promise<void> {
  await serve('worker', startWorker);
}
