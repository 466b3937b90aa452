import { startRedis, type TestRedis } from './redis.js';
import { until } from './until.js';

/** The fewest that Redis makes a cluster of. */
const NODES = 3;
const SLOTS = 16_384;

/** A private Redis Cluster, stopped at the end of the run. Answers the REDIS_URL that names its nodes. */
export async function startRedisCluster(): Promise<string> {
  const nodes = await Promise.all(Array.from({ length: NODES }, startNode));
  const [first] = nodes;
  for (const [index, { redis }] of nodes.entries()) {
    const slot = (of: number): number => Math.floor((of * SLOTS) / NODES);
    await redis.command('CLUSTER', 'SET-CONFIG-EPOCH', index + 1);
    await redis.command('CLUSTER', 'ADDSLOTSRANGE', slot(index), slot(index + 1) - 1);
    if (first !== undefined && index > 0)
      await redis.command('CLUSTER', 'MEET', '127.0.0.1', first.port, first.busPort);
  }
  for (const { redis, port } of nodes) {
    await until(`the node on port ${port} knows its cluster`, async () => {
      const info = await redis.command('CLUSTER', 'INFO');
      return info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${NODES}`);
    });
  }
  return `redis://${nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}`;
}

interface Node {
  readonly redis: TestRedis;
  readonly port: string;
  readonly busPort: string;
}

async function startNode(): Promise<Node> {
  const redis = await startRedis({ isPersistent: false, isClusterNode: true });
  if (redis === undefined) throw new Error('redis-server not found');
  const [, busPort = ''] = /\r\n(\d+)\s*$/.exec(await redis.command('CONFIG', 'GET', 'cluster-port')) ?? [];
  return { redis, port: new URL(redis.url).port, busPort };
}
