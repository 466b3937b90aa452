import { expect } from 'chai';
import { describeOnRedis } from '../support/redis.js';
import { runCampaign } from './campaign.js';
import type { Queue } from './stage.js';

const MS_MAX = 600_000;

/** The short form of `npm run test:faults`: every fault once. */
function everyPromiseHolds(queue: Queue): () => void {
  return () => {
    it('nothing is lost, applied twice, or out of order, and everything heals by itself within 5 s', async function () {
      this.timeout(MS_MAX);
      const seed = Math.floor(Math.random() * 2 ** 32);
      const lines: string[] = [];
      const { losses } = await runCampaign({ queue, seed, minutes: undefined, print: (line) => lines.push(line) });
      expect(losses, lines.join('\n')).to.be.empty;
    });
  };
}

describeOnRedis('While everything breaks [queue on Redis]', everyPromiseHolds('redis'));
describe('While everything breaks [queue on Postgres]', everyPromiseHolds('postgres'));
