import { expect } from 'chai';
import { describeOnBothQueues } from '../support/both-queues.js';
import type { Problem } from '../support/contract.js';
import { deposit } from '../support/operations.js';

/** JSON texts in the place of an amount, as they stand on the wire. */
const BAD_AMOUNTS = [
  ...'1e3 1E3 1e-3 1.0e0 -5 -0 0 0.0 0.0000 0.00001 0.00009999999999999999 1e400 -1e400 1e-400'.split(' '),
  ...'99999999999999999999 100000000000.0001 100000000001 100000000000.00009 1.00000 9007199254740993.5'.split(' '),
  ...'"0" "0.00" "-5" "+1" "1e3" "01" "00.1" ".5" "5." "1." "1.2.3" "1,5" "1_000" "" "NaN" "Infinity"'.split(' '),
  ...'"0x10" "0b1" "1n" "ten" "١٢" "１２" "1٫5" "−1" "½" "100000000000.0001" "99999999999999999999"'.split(' '),
  ...'"\\n1" "1\\n" "\\t1" "\\u0000" "1\\u0000" "1\\u200b" "\\u00a01"'.split(' '),
  ...'null true false [] {} [1] ["1"] {"value":"1"} [[[]]]'.split(' '),
  '" "',
  '" 1"',
  '"1 "',
  '"1 000"',
  `"${'9'.repeat(5_000)}"`,
];

/** What is no JSON number, so that the body can't be read at all. */
const NO_JSON = "NaN Infinity +1 .5 0x10 '1' undefined 1n --1".split(' ');

const BAD_TEXTS = 'a/b a\\b é ١ 🏦 %2e <a> a,b a@b a+b a*b a#b'.split(' ');
const MORE_BAD_TEXTS = ['', ' ', 'a b', 'a\n', 'a\u0000', '\u0000', '\ud800', "'; --", 'x'.repeat(65)];
const NO_TEXTS = [null, true, false, [], {}, ['1'], { id: '1' }, 1.5, -1, -0.5, 2 ** 53, 1e300];

const BAD_PAIRS: readonly (readonly [string, Readonly<Record<string, unknown>>, string])[] = [
  ['a description that is no text', { description: 7 }, '/description'],
  ['a description that is null', { description: null }, '/description'],
  ['a description with a lone surrogate', { description: 'a\ud800b' }, '/description'],
  ['a description with NUL', { description: 'a\u0000b' }, '/description'],
  ['a description of more than 1000 characters', { description: 'x'.repeat(1_001) }, '/description'],
  ['metadata that are deep', { metadata: { a: { b: { c: {} } } } }, '/metadata'],
  ['metadata with a list', { metadata: { a: [] } }, '/metadata'],
  [
    'metadata of 17 keys',
    { metadata: Object.fromEntries(Array.from({ length: 17 }, (_, index) => [index, index])) },
    '/metadata',
  ],
  ['metadata of more than 4 KiB', { metadata: { a: 'x'.repeat(4_096) } }, '/metadata'],
  ['metadata of more than 4 KiB in UTF-8', { metadata: { a: '銀'.repeat(1_500) } }, '/metadata'],
  ['metadata that are null', { metadata: null }, '/metadata'],
  ['metadata that are a text', { metadata: '{}' }, '/metadata'],
  ['metadata with NUL in a value', { metadata: { a: '\u0000' } }, '/metadata'],
  ['metadata with NUL in a key', { metadata: { '\u0000': 1 } }, '/metadata'],
  ['metadata with a lone surrogate', { metadata: { a: '\udc00' } }, '/metadata'],
  ['a priority that there is not', { priority: 'urgent' }, '/priority'],
  ['a priority in capitals', { priority: 'HIGH' }, '/priority'],
  ['a priority that is a number', { priority: 0 }, '/priority'],
  ['an unknown field', { user: '1' }, '/user'],
  ['a field of another type of operation', { order_id: '1' }, '/order_id'],
  ['a field named constructor', { constructor: 1 }, '/constructor'],
  ['a field named toString', { toString: 'x' }, '/toString'],
  ['a field without a name', { '': 1 }, '/'],
  ['a wallet with a blank', { wallet: 'a b' }, '/wallet'],
];

const DEEP = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;

describeOnBothQueues('What is malformed is refused by name, and nothing of it is accepted:', (saldo) => {
  const post = (text: string) => saldo.merchant.send<Problem>('POST', '/v1/operations', { text });
  const postInBatch = (text: string) =>
    saldo.merchant.send<Problem>('POST', '/v1/operations/batch', {
      text: `{"operations":[{"type":"deposit","user_id":"ok","amount":"1"},${text}]}`,
    });

  async function expectRefused(text: string, pointer: string): Promise<void> {
    for (const [send, prefix] of [
      [post, ''],
      [postInBatch, '/operations/1'],
    ] as const) {
      const { status, body } = await send(text);
      expect({ status, code: body.code }, text).to.deep.equal({ status: 400, code: 'validation_failed' });
      expect(
        body.errors?.map((error) => error.pointer),
        text,
      ).to.deep.equal([prefix + pointer]);
    }
  }

  after('nobody got any money from it', async () => {
    expect((await saldo.merchant.get('/v1/users/ok/balance')).status).to.equal(404);
  });

  for (const amount of BAD_AMOUNTS) {
    it(`the amount ${amount.slice(0, 30)}`, async () => {
      await expectRefused(`{"type":"deposit","user_id":"1","amount":${amount}}`, '/amount');
      await expectRefused(
        `{"type":"capture","user_id":"1","order_id":"1","lines":[{"service_id":"1","amount" : ${amount}}]}`,
        '/lines/0/amount',
      );
    });
  }

  for (const amount of NO_JSON) {
    it(`the amount ${amount}, which is no JSON`, async () => {
      const { status, body } = await post(`{"type":"deposit","user_id":"1","amount":${amount}}`);
      expect({ status, code: body.code }).to.deep.equal({ status: 400, code: 'validation_failed' });
    });
  }

  for (const id of [...BAD_TEXTS, ...MORE_BAD_TEXTS, ...NO_TEXTS]) {
    it(`the id ${String(JSON.stringify(id)).slice(0, 30)}`, async () => {
      for (const field of ['user_id', 'wallet'])
        await expectRefused(JSON.stringify({ ...deposit('1', '1'), [field]: id }), `/${field}`);
      for (const field of ['from_user_id', 'to_user_id', 'from_wallet', 'to_wallet']) {
        const transfer = { type: 'transfer', from_user_id: '1', to_user_id: '2', amount: '1', [field]: id };
        await expectRefused(JSON.stringify(transfer), `/${field}`);
      }
      for (const field of ['order_id', 'service_id']) {
        const reserve = { type: 'reserve', user_id: '1', order_id: '1', amount: '1', [field]: id };
        await expectRefused(JSON.stringify(reserve), `/${field}`);
      }
    });
  }

  for (const [title, fields, pointer] of BAD_PAIRS) {
    it(title, () => expectRefused(JSON.stringify({ ...deposit('1', '1'), ...fields }), pointer));
  }

  it('fields hidden behind __proto__', async () => {
    await expectRefused('{"type":"deposit","user_id":"1","amount":"1","__proto__":{"wallet":"x"}}', '/__proto__');
    await expectRefused('{"type":"deposit","user_id":"1","amount":"1","__proto__":null}', '/__proto__');
    for (const text of [
      '{"type":"deposit","__proto__":{"user_id":"1","amount":"1"}}',
      '{"__proto__":{"type":"deposit","user_id":"1","amount":"1"}}',
    ]) {
      expect((await post(text)).status).to.equal(400);
    }
  });

  for (const type of [
    '',
    'DEPOSIT',
    'deposits',
    'constructor',
    '__proto__',
    'toString',
    7,
    null,
    [],
    {},
    ['deposit'],
  ]) {
    it(`the type ${JSON.stringify(type)}`, () =>
      expectRefused(JSON.stringify({ ...deposit('1', '1'), type }), '/type'));
  }

  for (const [title, fields, pointers] of [
    ['no service and no lines', {}, ['']],
    ['a service and lines', { service_id: 'a', lines: [{ service_id: 'a', amount: '1' }] }, ['']],
    ['an amount beside lines', { amount: '1', lines: [{ service_id: 'a', amount: '1' }] }, ['']],
    ['no line', { lines: [] }, ['/lines']],
    ['51 lines', { lines: Array(51).fill({ service_id: 'a', amount: '1' }) }, ['/lines']],
    ['lines that are no list', { lines: { service_id: 'a', amount: '1' } }, ['/lines']],
    [
      'lines without an amount and with more',
      { lines: [{ service_id: 'a' }, 'b', { service_id: 'c', amount: '1', wallet: 'd' }] },
      ['/lines/0/amount', '/lines/1', '/lines/2/wallet'],
    ],
  ] as const) {
    it(`a capture with ${title}`, async () => {
      const { status, body } = await saldo.merchant.submit<Problem>({
        type: 'capture',
        user_id: '1',
        order_id: '1',
        ...fields,
      });
      expect(status).to.equal(400);
      expect(body.errors?.map(({ pointer }) => pointer)).to.have.members([...pointers]);
    });
  }

  it('JSON so deep that it would exhaust the stack', async () => {
    for (const text of [
      DEEP,
      `{"type":${DEEP}}`,
      `{"type":"deposit","user_id":"1","amount":"1","metadata":{"a":${DEEP}}}`,
      `{"operations":${DEEP}}`,
    ]) {
      for (const path of ['/v1/operations', '/v1/operations/batch']) {
        expect((await saldo.merchant.send('POST', path, { text })).status).to.equal(400);
      }
    }
  });

  it('a thousand unknown fields, each of which is named', async () => {
    const fields = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`field-${index}`, index]));
    const { status, body } = await saldo.merchant.submit<Problem>({ ...deposit('1', '1'), ...fields });
    expect({ status, named: body.errors?.length }).to.deep.equal({ status: 400, named: 1_000 });
  });

  it('fields hidden in JSON so deep that looking for them would exhaust the stack', async () => {
    const text = `{"type":"deposit","user_id":"1","amount":"1","description":"\\u0041","__proto__":1,"deep":${DEEP}}`;
    expect((await post(text)).body.errors?.map(({ pointer }) => pointer)).to.deep.equal(['/__proto__']);
    const { status } = await post(text.replace('"__proto__":1,', ''));
    expect(status).to.equal(400);
  });

  it('UTF-8 that is none, also where any text is taken', async () => {
    for (const bytes of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe9]]) {
      const text = Buffer.concat([
        Buffer.from('{"type":"deposit","user_id":"1","amount":"1","description":"'),
        Buffer.from(bytes),
        Buffer.from('"}'),
      ]);
      const { status, body } = await saldo.merchant.send<Problem>('POST', '/v1/operations', { text });
      expect({ status, detail: body.errors?.[0]?.detail }).to.deep.equal({ status: 400, detail: 'is not valid UTF-8' });
    }
  });
});
