import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { atTheEnd } from './cleanup.js';

/** A webhook as it came. */
export interface Received {
  readonly id: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly at: number;
}

/** Whoever listens for webhooks on loopback. It is closed at the end of the run at the latest. */
export interface Receiver {
  readonly url: string;
  /** All that came, also what was not answered with 2xx. */
  readonly received: readonly Received[];
  close(): Promise<void>;
}

/** Answers each webhook as `answer` does; without, with 204. */
export async function startReceiver(
  answer: (received: Received, response: ServerResponse) => void = (_received, response) =>
    void response.writeHead(204).end(),
): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('error', () => undefined);
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const one = {
        id: String(request.headers['webhook-id']),
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
        at: Date.now(),
      };
      received.push(one);
      answer(one, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  atTheEnd(close);
  return { url: `http://127.0.0.1:${port}/hook`, received, close };
}
