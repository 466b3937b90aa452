import type { ServerResponse } from 'node:http';
import { WebhookClient } from '@saldo/webhooks';
import { expect } from 'chai';
import { elapsedMs } from '../support/elapsed.js';
import { startReceiver } from '../support/receiver.js';

const TIMEOUT_MS = 400;

describe('An attempt to deliver a webhook', () => {
  let client: WebhookClient;

  before(() => (client = new WebhookClient({ allowPrivate: true, timeoutMs: TIMEOUT_MS })));
  after(() => client.close());

  async function attempt(answer: (response: ServerResponse) => void) {
    const receiver = await startReceiver((_received, response) => answer(response));
    const elapsed = elapsedMs();
    const { durationMs, ...result } = await client.post(receiver.url, { 'webhook-id': '1' }, '{"a":1}');
    expect(elapsed()).to.be.lessThan(TIMEOUT_MS + 2_000);
    expect(durationMs).to.be.lessThan(TIMEOUT_MS + 2_000);
    return { ...result, received: receiver.received };
  }

  it('says what was answered', async () => {
    const { received, ...result } = await attempt((response) => {
      response.writeHead(503, { 'retry-after': '7' }).end('later\0');
    });
    expect(result).to.deep.equal({ httpStatus: 503, error: undefined, response: 'later\u{fffd}', retryAfter: '7' });
    expect(received[0]?.body).to.equal('{"a":1}');
    expect(received[0]?.headers['content-type']).to.equal('application/json');
  });

  it('follows no redirect', async () => {
    const other = await startReceiver();
    const { httpStatus } = await attempt((response) => response.writeHead(307, { location: other.url }).end());
    expect(httpStatus).to.equal(307);
    expect(other.received).to.have.length(0);
  });

  it('that is not answered in time has failed', async () => {
    expect((await attempt(() => undefined)).error).to.equal('timed_out');
  });

  it('is over in time also where the answer goes on for ever, a drop at a time or all at once', async () => {
    const drip = await attempt((response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(timer));
    });
    expect(drip.httpStatus).to.equal(200);
    const flood = await attempt((response) => {
      response.writeHead(200);
      const pour = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
      };
      response.on('drain', pour);
      pour();
    });
    expect(flood.httpStatus).to.equal(200);
    expect(flood.response).to.equal('x'.repeat(4_096));
  });

  it('that is broken off has failed', async () => {
    expect((await attempt((response) => response.socket?.resetAndDestroy())).error).to.equal('connection_lost');
    expect((await attempt((response) => response.socket?.end('nonsense\r\n\r\n'))).error).to.equal('malformed_answer');
  });

  it('at where nobody listens has failed', async () => {
    const receiver = await startReceiver();
    await receiver.close();
    expect((await client.post(receiver.url, {}, '{}')).error).to.equal('connection_failed');
  });

  it('uses connections again', async () => {
    const ports = new Set<number | undefined>();
    const receiver = await startReceiver((_received, response) => {
      ports.add(response.socket?.remotePort);
      response.writeHead(204).end();
    });
    for (let count = 0; count < 20; count += 1) await client.post(receiver.url, {}, '{}');
    expect(ports.size).to.be.at.most(2);
  });
});
