import { parseArgs } from 'node:util';
import { cleanUp } from '../support/cleanup.js';
import { removeTemporaryFolders } from '../support/temporary-folder.js';
import { runCampaign } from './campaign.js';
import type { Queue } from './stage.js';

/** `npm run test:faults -- [--minutes N] [--queue redis|postgres] [--seed N]` */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { minutes: { type: 'string' }, queue: { type: 'string' }, seed: { type: 'string' } },
  });
  const minutes = values.minutes === undefined ? undefined : numberOf('--minutes', values.minutes);
  const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 32) : numberOf('--seed', values.seed);
  const losses: string[] = [];
  for (const queue of queuesOf(values.queue)) {
    const summary = await runCampaign({ queue, seed, minutes, print: (line) => console.log(line) });
    losses.push(...summary.losses);
    await cleanUp();
  }
  if (losses.length > 0) process.exitCode = 1;
}

function numberOf(option: string, text: string): number {
  const number = Number(text);
  if (text.trim() === '' || !Number.isFinite(number) || number < 0) throw new Error(`${option} takes a number`);
  return number;
}

function queuesOf(text: string | undefined): Queue[] {
  if (text === undefined) return ['redis', 'postgres'];
  if (text !== 'redis' && text !== 'postgres') throw new Error('--queue takes redis or postgres');
  return [text];
}

/** Nothing is left running, however it ends. */
async function end(): Promise<void> {
  await cleanUp();
  await removeTemporaryFolders();
}

process.once('SIGINT', () => void end().finally(() => process.exit(130)));
try {
  await main();
} finally {
  await end();
}
