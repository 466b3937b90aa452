import { expect } from 'chai';
import { describeOnRedis } from '../support/redis.js';
import { runCampaign } from './campaign.js';
import type { Queue } from './stage.js';

const MS_MAX = 600_000;

type Told = { readonly losses: readonly string[]; readonly lines: readonly string[] };

const queues: Queue[] = [];
let campaigns: ReadonlyMap<Queue, Promise<Told>> | undefined;

/** The short form of `npm run test:faults`: every fault once. It mostly waits, so both queues have theirs at once. */
function everyPromiseHolds(queue: Queue): () => void {
  return () => {
    queues.push(queue);
    it('nothing is lost, applied twice, or out of order, and everything heals by itself within 5 s', async function () {
      this.timeout(MS_MAX);
      campaigns ??= new Map(queues.map((each) => [each, breakEverything(each)]));
      const told = await campaigns.get(queue);
      expect(told?.losses, told?.lines.join('\n')).to.be.empty;
    });
  };
}

async function breakEverything(queue: Queue): Promise<Told> {
  const lines: string[] = [];
  const seed = Math.floor(Math.random() * 2 ** 32);
  const { losses } = await runCampaign({ queue, seed, minutes: undefined, print: (line) => lines.push(line) });
  return { losses, lines };
}

describeOnRedis('While everything breaks [queue on Redis]', everyPromiseHolds('redis'));
describe('While everything breaks [queue on Postgres]', everyPromiseHolds('postgres'));
