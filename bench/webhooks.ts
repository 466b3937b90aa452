import { Agent, request } from 'undici';
import { batchPattern } from './cases.js';
import { Child } from './machine/child.js';
import type { QueueKind } from './names.js';
import { readOptions } from './options.js';
import type { Rig } from './rig.js';
import { runOnRig } from './run-on-rig.js';
import { median } from './statistics.js';
import { ask } from './ways/ask.js';
import type { ReceiverAnswer, ReceiverRequest } from './ways/receiver-process.js';
import type { Saldo } from './ways/saldo.js';
import type { RunSpec } from './ways/way.js';

/** As many as Saldo has under way to one endpoint. */
const CONNECTIONS = 10;
/** What a deposit's event looks like, in bytes. */
const BODY = JSON.stringify({ type: 'operation.completed', data: 'x'.repeat(1_000) });
/** So many endpoints are told at the same time; one more is dead. */
const ENDPOINTS = 9;
const DEAD = 'http://127.0.0.1:1/';

type Receiver = Child<ReceiverRequest, ReceiverAnswer>;
type Rates = Record<'bare' | 'deliveries' | 'nine' | 'nineBesideDead' | 'unheard' | 'heard', number>;

const options = readOptions(process.argv.slice(2));
const notify = (text: string): void => console.error(text);

await runOnRig(options, notify, async (rig) => {
  const receiver: Receiver = new Child('./ways/receiver-process.js', import.meta.url);
  rig.atTheEnd(() => receiver.stop());
  const { url } = await receiver.ask({ step: 'listen' });
  for (const queue of options.queues) {
    const saldo = await rig.startSaldo(`webhooks_${queue}`, queue);
    const rounds: Rates[] = [];
    for (let round = 0; round < options.rounds; round += 1) {
      notify(`${queue}, round ${round + 1} of ${options.rounds}`);
      rounds.push(await measureRound(rig, { saldo, receiver, url, round }));
    }
    report(queue, rounds);
  }
  return true;
});

interface Parts {
  readonly saldo: Saldo;
  readonly receiver: Receiver;
  readonly url: string;
  readonly round: number;
}

/** All rates per second: of deliveries, and last of operations without and with an endpoint that hears of them all. */
async function measureRound(rig: Rig, parts: Parts): Promise<Rates> {
  const { saldo, receiver, url, round } = parts;
  const way = saldo.under(rig.load, batchPattern('batches-uniform'));
  const operate = async (name: string): Promise<{ count: number; rate: number }> => {
    const spec: RunSpec = { name: `${name}${round}`, seed: round + 1, seconds: options.secondsPerRun };
    await way.prepare(spec);
    const { operations, seconds } = await way.run(spec);
    return { count: operations, rate: operations / seconds };
  };
  // What the ledger was filled with is in the feed before, so that it isn't told again.
  await ask(saldo.url, 'GET', '/v1/events?after=now');
  const since = new Date().toISOString();
  const { count, rate: unheard } = await operate('unheard');
  const alive = Array.from({ length: ENDPOINTS }, (_, index) => `/${round}/${index}`);
  const replay = (paths: readonly string[], others: readonly string[] = []): Promise<number> =>
    replayAll({ ...parts, paths, others, since, count });
  const deliveries = await replay(alive.slice(0, 1));
  const nine = await replay(alive);
  const nineBesideDead = await replay(alive, [DEAD]);
  const bare = await postBare(`${url}/bare`, count);
  const forget = await endpoints(saldo.url, [`${url}/heard/${round}`]);
  const { count: heardCount, rate: heard } = await operate('heard');
  await receiver.ask({ step: 'wait', paths: [`/heard/${round}`], count: heardCount });
  await forget.remove();
  return { bare, deliveries, nine, nineBesideDead, unheard, heard };
}

/** Has every path told of all operations since a time, and answers how many deliveries a second came there. */
async function replayAll({
  saldo,
  receiver,
  url,
  paths,
  others,
  since,
  count,
}: Parts & { readonly paths: readonly string[]; readonly others: readonly string[]; since: string; count: number }) {
  await receiver.ask({ step: 'reset' });
  const made = await endpoints(saldo.url, [...paths.map((path) => url + path), ...others]);
  const startedAtMs = performance.timeOrigin + performance.now();
  await made.replay(since);
  const { lastAtMs } = await receiver.ask({ step: 'wait', paths, count });
  await made.remove();
  return (paths.length * count * 1_000) / (lastAtMs - startedAtMs);
}

/** Makes endpoints, to be replayed and removed. */
async function endpoints(gatewayUrl: string, targets: readonly string[]) {
  const paths: string[] = [];
  for (const url of targets) {
    const { id } = JSON.parse(await ask(gatewayUrl, 'POST', '/v1/webhook-endpoints', { url })) as { id: string };
    paths.push(`/v1/webhook-endpoints/${id}`);
  }
  return {
    replay: async (since: string) => {
      for (const path of paths) await ask(gatewayUrl, 'POST', `${path}/replay`, { since });
    },
    remove: async () => {
      for (const path of paths) await ask(gatewayUrl, 'DELETE', path);
    },
  };
}

/** The peer: bodies of the same size, posted in a loop by bare undici. */
async function postBare(url: string, count: number): Promise<number> {
  const dispatcher = new Agent({ connections: CONNECTIONS });
  const startedAtMs = performance.now();
  let left = count;
  const postSome = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const headers = { 'content-type': 'application/json' };
      const { body } = await request(url, { dispatcher, method: 'POST', headers, body: BODY });
      await body.dump();
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, postSome));
  const seconds = (performance.now() - startedAtMs) / 1_000;
  await dispatcher.close();
  return count / seconds;
}

function report(queue: QueueKind, rounds: readonly Rates[]): void {
  const of = (name: keyof Rates): number => median(rounds.map((rates) => rates[name]));
  const ratio = (one: keyof Rates, other: keyof Rates): string => (of(one) / of(other)).toFixed(2);
  console.log(`
Webhooks, queue on ${queue}: per second, medians of ${rounds.length} rounds
  ${of('bare').toFixed(0).padStart(7)}  posts of bare undici
  ${of('deliveries').toFixed(0).padStart(7)}  deliveries to one endpoint: ${ratio('deliveries', 'bare')} of bare undici (at least 0.4)
  ${of('nine').toFixed(0).padStart(7)}  deliveries to nine endpoints
  ${of('nineBesideDead').toFixed(0).padStart(7)}  the same beside a dead one: ${ratio('nineBesideDead', 'nine')} (at least 0.9)
  ${of('unheard').toFixed(0).padStart(7)}  operations that nobody hears of
  ${of('heard').toFixed(0).padStart(7)}  operations that one endpoint hears of: ${ratio('heard', 'unheard')} (at least 0.6)
`);
}
