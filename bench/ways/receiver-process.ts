import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { answerParent } from '../machine/child.js';

/** What the receiver is asked: where it listens, or to wait until so many came at each of these paths since `reset`. */
export type ReceiverRequest =
  | { readonly step: 'listen' }
  | { readonly step: 'reset' }
  | { readonly step: 'wait'; readonly paths: readonly string[]; readonly count: number };

export interface ReceiverAnswer {
  readonly url: string;
  /** When the last one came. */
  readonly lastAtMs: number;
}

const POLL_MS = 5;

const counts = new Map<string, number>();
let lastAtMs = 0;

/** As fast a receiver as there is: it reads the body and answers. */
const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    const path = request.url ?? '';
    counts.set(path, (counts.get(path) ?? 0) + 1);
    lastAtMs = performance.timeOrigin + performance.now();
    response.writeHead(204).end();
  });
});

answerParent<ReceiverRequest, ReceiverAnswer>(async (request) => {
  if (request.step === 'listen') await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  if (request.step === 'reset') counts.clear();
  if (request.step === 'wait') {
    const { paths, count } = request;
    while (!paths.every((path) => (counts.get(path) ?? 0) >= count)) await sleep(POLL_MS);
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, lastAtMs };
});
