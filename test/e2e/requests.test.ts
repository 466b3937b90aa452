import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { describeOnBothQueues } from '../support/both-queues.js';
import { expectContract, type Answer, type Job, type Problem } from '../support/contract.js';
import { deposit, fresh } from '../support/operations.js';
import { until } from '../support/until.js';

const MEBIBYTE = 1_048_576;

describeOnBothQueues('Any request', (saldo) => {
  const postText = (text: string | Uint8Array, headers = {}) =>
    saldo.merchant.send<Problem>('POST', '/v1/operations', { text, headers });

  it('keeps the X-Request-Id that it brings, in the answer, in a problem and in the log', async () => {
    const id = `of-the-caller-${randomBytes(4).toString('hex')}`;
    const { headers, body } = await saldo.merchant.get<Problem>('/v1/nothing', { 'x-request-id': id });
    expect(headers['x-request-id']).to.equal(id);
    expect(body.request_id).to.equal(id);
    await until('the request is logged', () => saldo.gatewayLogs.includes(`"request_id":"${id}"`));
  });

  it('has one made where it brings none, or one that no log should have', async () => {
    const made = await Promise.all(
      [
        {},
        { 'x-request-id': '' },
        { 'x-request-id': 'a b' },
        { 'x-request-id': 'x'.repeat(129) },
        { 'x-request-id': 'é' },
      ].map(async (headers) => (await saldo.merchant.get('/v1/jobs?limit=1', headers)).headers['x-request-id']),
    );
    expect(new Set(made).size).to.equal(5);
    for (const id of made) expect(id).to.match(/^[0-9a-f-]{36}$/);
  });

  it('has its traceparent passed on', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    expect((await saldo.merchant.get('/v1/jobs?limit=1', { traceparent })).headers['traceparent']).to.equal(
      traceparent,
    );
  });

  it('never has its key in the log', async () => {
    await saldo.admin.get('/v1/services');
    expect(saldo.gatewayLogs).not.to.include('the-admin-key-of-the-tests');
  });

  for (const [method, path] of [
    ['GET', '/v1/nothing'],
    ['GET', '/v1'],
    ['GET', '/'],
    ['GET', '/v1/operations'],
    ['DELETE', '/v1/operations'],
    ['PATCH', '/v1/jobs'],
    ['POST', '/v1/jobs'],
    ['PUT', '/v1/users/1/balance'],
    ['POST', '/v1//operations'],
    ['GET', '/v1/users//balance'],
    ['GET', '/../../etc/passwd'],
    ['GET', '/v1/services/1'],
  ] as const) {
    it(`for what there is not is not found: ${method} ${path}`, async () => {
      const { status, body } = await saldo.admin.send<Problem>(method, path);
      expect({ status, code: body.code }).to.deep.equal({ status: 404, code: 'not_found' });
    });
  }

  for (const text of [
    '{',
    '',
    ' ',
    '{"type":"deposit",}',
    "{'type':'deposit'}",
    '{"type":deposit}',
    'undefined',
    '{"a":NaN}',
    '[1,]',
    '"\u0001"',
  ]) {
    it(`with a body that is no JSON is malformed: ${JSON.stringify(text)}`, async () => {
      const { status, body } = await postText(text);
      expect({ status, code: body.code }).to.deep.equal({ status: 400, code: 'validation_failed' });
      expect(body.errors?.map(({ pointer }) => pointer)).to.deep.equal(['']);
    });
  }

  for (const text of ['null', 'true', '7', '"deposit"', '[]', '[{"type":"deposit"}]']) {
    it(`with JSON that is no object is malformed: ${text}`, async () => {
      const { status, body } = await postText(text);
      expect(status).to.equal(400);
      expect(body.errors?.map(({ pointer }) => pointer)).to.deep.equal(['']);
    });
  }

  it('without any body is malformed where one is needed', async () => {
    expect((await saldo.merchant.send('POST', '/v1/operations')).status).to.equal(400);
  });

  for (const type of [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
    'application/json; charset=latin1',
    'application/json; charset="utf-16"; q=1',
    'nonsense',
  ]) {
    it(`with a body of the content type ${type} is of an unsupported media type`, async () => {
      const { status, body } = await postText(JSON.stringify(deposit(fresh('user'), '1')), { 'content-type': type });
      expect({ status, code: body.code }).to.deep.equal({ status: 415, code: 'unsupported_media_type' });
    });
  }

  for (const type of ['application/json; charset=utf-8', 'Application/JSON;charset="UTF-8"']) {
    it(`may have the content type ${type}`, async () => {
      expect((await postText(JSON.stringify(deposit(fresh('user'), '1')), { 'content-type': type })).status).to.equal(
        202,
      );
    });
  }

  it('may have its body compressed, but not in a way that nobody knows', async () => {
    const json = JSON.stringify(deposit(fresh('user'), '1'));
    expect((await postText(gzipSync(json), { 'content-encoding': 'gzip' })).status).to.equal(202);
    expect((await postText(json, { 'content-encoding': 'gzip' })).status).to.equal(400);
    expect((await postText(json, { 'content-encoding': 'rot13' })).status).to.equal(415);
  });

  it('may have a body of 1 MiB and no more, compressed or not', async () => {
    const json = JSON.stringify(deposit(fresh('user'), '1'));
    expect((await postText(json.padEnd(MEBIBYTE))).status).to.equal(202);
    for (const [text, headers] of [
      [json.padEnd(MEBIBYTE + 1), {}],
      [json.padEnd(4 * MEBIBYTE), {}],
      [gzipSync(json.padEnd(MEBIBYTE + 1)), { 'content-encoding': 'gzip' }],
    ] as const) {
      const { status, body } = await postText(text, headers);
      expect({ status, code: body.code }).to.deep.equal({ status: 413, code: 'payload_too_large' });
    }
  });

  it('has every unknown and every bad field named at once', async () => {
    const { status, body } = await saldo.merchant.submit<Problem>({
      type: 'transfer',
      from_user_id: '',
      amount: '1,50',
      to_wallet: 'a b',
      user_id: '1',
      priority: 'urgent',
      description: 7,
      metadata: [],
      'a/b~c': 1,
      idempotency_key: 'k',
    });
    expect(status).to.equal(400);
    expect(body.errors?.map(({ pointer }) => pointer)).to.have.members([
      '/from_user_id',
      '/to_user_id',
      '/amount',
      '/to_wallet',
      '/user_id',
      '/priority',
      '/description',
      '/metadata',
      '/a~1b~0c',
      '/idempotency_key',
    ]);
  });

  for (const [title, bytes, status] of [
    ['no request line', 'hello\r\n\r\n', 400],
    ['a header without a name', 'GET /v1/jobs HTTP/1.1\r\nHost: saldo\r\n: x\r\n\r\n', 400],
    [
      'two lengths',
      'POST /v1/operations HTTP/1.1\r\nHost: saldo\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}',
      400,
    ],
    ['a version that there is not', 'GET /v1/jobs HTTP/9.9\r\n\r\n', 400],
    ['headers of 20 KiB', `GET /v1/jobs HTTP/1.1\r\nHost: saldo\r\nX-Long: ${'x'.repeat(20_480)}\r\n\r\n`, 413],
    ['a path of 20 KiB', `GET /v1/jobs?${'x'.repeat(20_480)} HTTP/1.1\r\nHost: saldo\r\n\r\n`, 413],
    ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01', 400],
  ] as const) {
    it(`that is no HTTP is a problem too: ${title}`, async () => {
      expect((await sendBytes(saldo.gatewayUrl, bytes)).status).to.equal(status);
    });
  }

  it('that is answered comes with headers that keep it from caches and from guessing', async () => {
    const { headers } = await saldo.merchant.submit<Job>(deposit(fresh('user'), '1'));
    expect(headers).to.include({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
    expect(headers).not.to.have.property('x-powered-by');
  });
});

/** Sends bytes as they are, and reads the answer until the connection is closed. */
async function sendBytes(url: string, bytes: string): Promise<Answer> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.end(bytes, 'latin1');
  let answered = '';
  for await (const chunk of socket) answered += String(chunk);
  const [head = '', text = ''] = answered.split('\r\n\r\n');
  const [statusLine = '', ...lines] = head.split('\r\n');
  const headers = lines.map(
    (line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)] as const,
  );
  const answer = {
    status: Number(statusLine.split(' ')[1]),
    headers: Object.fromEntries(headers),
    body: JSON.parse(text) as unknown,
    text,
  };
  expectContract(answer, JSON.stringify(bytes.slice(0, 40)));
  return answer;
}
