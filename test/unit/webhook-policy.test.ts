import { circuitPauseMs, judge, newWebhookSecret, SecretBox, signedHeaders } from '@saldo/webhooks';
import { expect } from 'chai';
import { Webhook } from 'standardwebhooks';

const NOW = new Date('2026-11-21T09:10:00Z');
const S = 1_000;
const SCHEDULE_S = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];

function answer(httpStatus: number | undefined, retryAfter?: string) {
  const error = httpStatus === undefined ? ('timed_out' as const) : undefined;
  return { httpStatus, error, response: '', retryAfter, durationMs: 1 };
}

describe('The policy of webhooks', () => {
  it('takes 2xx, and nothing else, for delivered', () => {
    for (const status of [200, 201, 204, 299]) expect(judge(answer(status), 1, 0, NOW).kind).to.equal('delivered');
    for (const status of [undefined, 100, 301, 307, 400, 404, 410, 429, 500, 503])
      expect(judge(answer(status), 1, 0, NOW).kind).to.equal('failed');
  });

  it('tries again by the schedule, a little later by chance, and then gives up', () => {
    const delays = (random: number): unknown[] =>
      [...SCHEDULE_S, 0].map((_, index) => {
        const verdict = judge(answer(500), index + 1, random, NOW);
        return verdict.kind === 'failed' && verdict.retryDelayMs;
      });
    expect(delays(0)).to.deep.equal([...SCHEDULE_S.map((s) => s * S), undefined]);
    delays(1).forEach((delay, index) => {
      const s = SCHEDULE_S[index];
      if (s !== undefined) expect(delay).to.be.within(s * S, s * S * 1.2);
    });
  });

  it('honours Retry-After of 429 and 503, in seconds or as a date, for a day at most', () => {
    const delayOf = (status: number, retryAfter: string): unknown => {
      const verdict = judge(answer(status, retryAfter), 1, 0, NOW);
      return verdict.kind === 'failed' && verdict.retryDelayMs;
    };
    for (const status of [429, 503]) {
      expect(delayOf(status, '90')).to.equal(90 * S);
      expect(delayOf(status, 'Sat, 21 Nov 2026 09:11:00 GMT')).to.equal(60 * S);
      expect(delayOf(status, '999999999')).to.equal(86_400 * S);
      for (const early of ['1', '0', 'soon', '', '-5', 'Sat, 21 Nov 2020 09:11:00 GMT'])
        expect(delayOf(status, early)).to.equal(5 * S);
    }
    expect(delayOf(500, '90')).to.equal(5 * S);
  });

  it('tries no more where the receiver is gone', () => {
    expect(judge(answer(410), 1, 0, NOW)).to.deep.include({ isGone: true, retryDelayMs: undefined });
  });

  it('leaves an endpoint alone that keeps failing, for longer and longer, five minutes at most', () => {
    expect([0, 1, 9].map(circuitPauseMs)).to.deep.equal([undefined, undefined, undefined]);
    expect([10, 11, 12, 40].map(circuitPauseMs)).to.deep.equal([2 * S, 4 * S, 8 * S, 300 * S]);
  });
});

describe('A signature of a webhook', () => {
  const body = JSON.stringify({ type: 'operation.completed', data: { note: 'für €' } });
  const sign = (secrets: string[]) => signedHeaders(secrets, { id: 'one', body, now: new Date() });

  it('verifies with its secret, and with no other body, id or secret', () => {
    const secret = newWebhookSecret();
    const headers = sign([secret]);
    expect(new Webhook(secret).verify(body, headers)).to.deep.equal(JSON.parse(body));
    expect(() => new Webhook(secret).verify(`${body} `, headers)).to.throw();
    expect(() => new Webhook(secret).verify(body, { ...headers, 'webhook-id': 'two' })).to.throw();
    expect(() => new Webhook(newWebhookSecret()).verify(body, headers)).to.throw();
  });

  it('verifies with either of two secrets', () => {
    const secrets = [newWebhookSecret(), newWebhookSecret()];
    for (const secret of secrets) new Webhook(secret).verify(body, sign(secrets));
  });
});

describe('A kept secret', () => {
  const box = new SecretBox(Buffer.alloc(32, 'a'));

  it('is not there to be read, and comes out as it went in', () => {
    const sealed = box.seal('whsec_abc');
    expect(sealed.toString('latin1')).not.to.include('whsec');
    expect(box.open(sealed)).to.equal('whsec_abc');
    expect(box.seal('whsec_abc')).not.to.deep.equal(sealed);
  });

  it('opens with its key alone, and only unchanged', () => {
    const sealed = box.seal('whsec_abc');
    const other = new SecretBox(Buffer.alloc(32, 'b'));
    expect(() => other.open(sealed)).to.throw();
    expect(other.fingerprint).not.to.deep.equal(box.fingerprint);
    for (let byte = 0; byte < sealed.length; byte += 1) {
      const changed = Buffer.from(sealed);
      changed[byte] = (changed[byte] ?? 0) ^ 1;
      expect(() => box.open(changed)).to.throw();
    }
  });
});
