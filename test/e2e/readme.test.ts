import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { describeOnBothQueuesAfresh } from '../support/both-queues.js';
import { findExamples, uuidsIn, withoutChance, type Example } from '../support/readme-examples.js';
import { saldo as runSaldo } from '../support/saldo.js';

const README = new URL('../../../README.md', import.meta.url);
const EXAMPLES_MIN = 25;

describeOnBothQueuesAfresh('The README', (saldo) => {
  it('shows requests that are answered as it says, one after another on a new Saldo with the demo catalogue', async function () {
    this.timeout(60_000);
    const examples = findExamples(await readFile(README, 'utf8'));
    expect(examples).to.have.length.at.least(EXAMPLES_MIN);
    await runSaldo(['seed-demo'], saldo.env);
    const actual = new Map<string, string>();
    for (const example of examples) {
      const { status, text } = await ask(example, actual);
      const title = `${example.method} ${example.path} is answered ${status} ${text}`;
      expect(status, title).to.equal(example.status);
      expect(comparable(example.kind, text), title).to.deep.equal(comparable(example.kind, example.answer));
      const ids = uuidsIn(normalised(example.kind, text));
      uuidsIn(normalised(example.kind, example.answer)).forEach((shown, index) =>
        actual.set(shown, ids[index] ?? shown),
      );
    }
  });

  const ask = async ({ method, path, headers, body }: Example, ids: ReadonlyMap<string, string>) => {
    const url = [...ids].reduce((known, [shown, id]) => known.replaceAll(shown, id), path);
    const now = new Date();
    const today = url.replace(/year=\d+&month=\d+/, `year=${now.getUTCFullYear()}&month=${now.getUTCMonth() + 1}`);
    const response = await fetch(saldo.gatewayUrl + today, {
      method,
      headers: {
        ...saldo.admin.headers,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
    });
    return { status: response.status, text: await response.text() };
  };
});

/** JSON without the spaces that the README has, in the README's own order. */
function normalised(kind: string, text: string): string {
  return kind === 'json' && text.trim() !== '' ? JSON.stringify(JSON.parse(text)) : text;
}

function comparable(kind: string, text: string): unknown {
  const plain = withoutChance(normalised(kind, text));
  return kind === 'json' && plain.trim() !== '' ? JSON.parse(plain) : plain;
}
