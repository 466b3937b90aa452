import type { LookupAddress } from 'node:dns';
import { createServer, type Server } from 'node:net';
import { targetProblem, WebhookClient } from '@saldo/webhooks';
import { expect } from 'chai';

const PUBLIC_ONLY = { allowPrivate: false };

/** Loopback, private and other addresses that are not everybody's, in every spelling that a URL takes. */
const INSIDE = [
  '127.0.0.1',
  '127.1',
  '127.0.1',
  '0x7f.1',
  '0x7f000001',
  '0177.0.0.1',
  '2130706433',
  '017700000001',
  '１２７.０.０.１',
  '0',
  '0.0.0.0',
  '10.0.0.1',
  '10.1',
  '172.16.0.1',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '192.0.0.1',
  '192.0.2.1',
  '198.18.0.1',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  '[::1]',
  '[::]',
  '[::ffff:7f00:1]',
  '[::ffff:127.0.0.1]',
  '[0:0:0:0:0:ffff:a00:1]',
  '[::127.0.0.1]',
  '[64:ff9b::7f00:1]',
  '[64:ff9b:1::7f00:1]',
  '[2002:7f00:1::]',
  '[2001:0:7f00:1::]',
  '[fe80::1]',
  '[fc00::1]',
  '[fd12:3456::1]',
  '[fec0::1]',
  '[ff02::1]',
  '[2001:db8::1]',
  '[100::1]',
  'localhost',
  'LOCALHOST',
  'localhost.',
  'a.localhost',
  'intranet',
  'db.internal',
  'printer.local',
  'router.home.arpa',
];

const OUTSIDE = [
  'example.com',
  'EXAMPLE.com.',
  'xn--bcher-kva.example',
  '8.8.8.8',
  '[2606:4700::1111]',
  '[::ffff:808:808]',
  'example.com:8443',
];

describe('A target for webhooks', () => {
  for (const host of INSIDE) {
    it(`is not inside: ${host}`, async () => {
      expect(targetProblem(`https://${host}/hook`, PUBLIC_ONLY)).to.equal('takes a URL on the public Internet');
      const client = new WebhookClient(PUBLIC_ONLY);
      const { error, durationMs } = await client.post(`https://${host}:1/hook`, {}, '{}');
      await client.close();
      expect(error).to.equal('no_public_address');
      expect(durationMs).to.be.lessThan(1_000);
    });
  }

  for (const host of OUTSIDE) {
    it(`may be outside: ${host}`, () => {
      expect(targetProblem(`https://${host}/hook`, PUBLIC_ONLY)).to.equal(undefined);
    });
  }

  for (const url of [
    'http://example.com/',
    'ftp://example.com/',
    'file:///etc/passwd',
    'javascript:1',
    'example.com',
    '',
    'https://',
    'https://user@example.com/',
    'https://:secret@example.com/',
    'https://exa mple.com/',
    'https://127.0.0.1.1.1/',
    `https://example.com/${'x'.repeat(2_048)}`,
  ]) {
    it(`takes https and no credentials: ${url.slice(0, 50)}`, () => {
      expect(targetProblem(url, PUBLIC_ONLY)).to.be.a('string');
    });
  }

  it('may be http and inside where that is allowed, but has no credentials there either', () => {
    for (const url of ['http://127.0.0.1:4000/', 'http://localhost/', 'https://10.0.0.1/'])
      expect(targetProblem(url, { allowPrivate: true })).to.equal(undefined);
    for (const url of ['http://me@localhost/', 'ftp://localhost/'])
      expect(targetProblem(url, { allowPrivate: true })).to.be.a('string');
  });
});

describe('A name as a target for webhooks', () => {
  let server: Server;
  let port: number;
  let connections = 0;

  before((done) => {
    server = createServer((socket) => {
      connections += 1;
      socket.destroy();
    }).listen(0, '127.0.0.1', () => {
      const address = server.address();
      port = typeof address === 'object' && address !== null ? address.port : 0;
      done();
    });
  });
  beforeEach(() => (connections = 0));
  after((done) => void server.close(done));

  const at = (address: string): LookupAddress => ({ address, family: address.includes(':') ? 6 : 4 });

  /** Posts to a name that leads, each time it is asked, to the next of these; to the last from then on. */
  async function post(answers: readonly (readonly string[])[], times = 1) {
    let asked = 0;
    const resolve = (): Promise<LookupAddress[]> => {
      const answer = answers[Math.min(asked, answers.length - 1)] ?? [];
      asked += 1;
      return Promise.resolve(answer.map(at));
    };
    const client = new WebhookClient({ ...PUBLIC_ONLY, resolve, timeoutMs: 300 });
    const errors: unknown[] = [];
    for (let time = 0; time < times; time += 1) {
      errors.push((await client.post(`https://shop.example:${port}/hook`, {}, '{}')).error);
    }
    await client.close();
    return { errors, asked, connections };
  }

  it('is refused if it leads inside', async () => {
    for (const address of ['127.0.0.1', '::1', '::ffff:127.0.0.1', '10.0.0.1', '169.254.169.254'])
      expect(await post([[address]])).to.deep.equal({ errors: ['no_public_address'], asked: 1, connections: 0 });
  });

  it('is refused if any of its addresses is inside, whichever comes first', async () => {
    for (const addresses of [
      ['8.8.8.8', '127.0.0.1'],
      ['127.0.0.1', '8.8.8.8'],
      ['2606:4700::1111', '::1'],
    ])
      expect(await post([addresses])).to.deep.equal({ errors: ['no_public_address'], asked: 1, connections: 0 });
  });

  it('that leads nowhere looks the same as one that leads inside', async () => {
    expect((await post([[]])).errors).to.deep.equal(['no_public_address']);
    const client = new WebhookClient({ ...PUBLIC_ONLY, resolve: () => Promise.reject(new Error('NXDOMAIN')) });
    expect((await client.post('https://shop.example/', {}, '{}')).error).to.equal('no_public_address');
    await client.close();
  });

  it('that leads elsewhere after it was checked is connected to where it was checked, and never inside', async () => {
    const { errors, asked, connections: reached } = await post([['8.8.8.8'], ['127.0.0.1']]);
    expect({ asked, reached }).to.deep.equal({ asked: 1, reached: 0 });
    expect(errors[0]).to.be.oneOf(['timed_out', 'connection_failed', 'connection_lost', 'tls_failed']);
  });

  it('is checked again for each new connection', async () => {
    const { errors, asked, connections: reached } = await post([['8.8.8.8'], ['127.0.0.1']], 2);
    expect({ asked, reached, second: errors[1] }).to.deep.equal({ asked: 2, reached: 0, second: 'no_public_address' });
  });
});
