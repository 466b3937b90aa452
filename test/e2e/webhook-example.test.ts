import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createReceiver, type Balance } from '@saldo/example-webhook-receiver';
import { expect } from 'chai';
import { Webhook } from 'standardwebhooks';
import { describeOnBothQueues } from '../support/both-queues.js';
import type { Job } from '../support/contract.js';
import { deposit, fresh, transfer } from '../support/operations.js';
import { spawnSaldo } from '../support/saldo.js';
import { until } from '../support/until.js';

describeOnBothQueues('An integration', (saldo) => {
  const SECRET = `whsec_${Buffer.alloc(32, 'listen').toString('base64')}`;
  let server: Server;
  let balances: ReadonlyMap<string, Balance>;
  let url: string;

  before((done) => {
    const receiver = createReceiver(SECRET);
    balances = receiver.balances;
    server = receiver.app.listen(0, '127.0.0.1', () => {
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks`;
      done();
    });
  });
  after((done) => {
    server.closeAllConnections();
    server.close(() => done());
  });

  it('is developed with "saldo listen": the example knows the balances that the API shows', async () => {
    const listener = spawnSaldo(
      ['listen', '--url', saldo.gatewayUrl, '--types', 'operation.*', '--forward-to', url, '--secret', SECRET],
      { SALDO_API_KEY: saldo.merchant.key },
    );
    await until('it listens', () => listener.stderr().includes('Listens'));
    const [ann, bob] = [fresh('ann'), fresh('bob')];
    const jobs: Job[] = [];
    for (const operation of [deposit(ann, '10'), transfer(ann, bob, '3'), transfer(bob, ann, '1')])
      jobs.push(await saldo.merchant.finish(operation));
    await until('the example knows', () => balances.get(`user:${ann}:main:available`)?.sequence === 3);
    expect(balances.get(`user:${ann}:main:available`)?.balance).to.equal('8.00');
    expect(balances.get(`user:${bob}:main:available`)?.balance).to.equal('2.00');
    const { code, stdout } = await listener.stop('SIGINT');
    expect(code).to.equal(0);
    const shown = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: string });
    expect(shown.map(({ id }) => id)).to.have.members(jobs.map((job) => job.id));
  });

  it('is not fooled by a wrong signature, a webhook that comes twice, or one that was overtaken', async () => {
    const account = fresh('account');
    const post = async (id: string, sequence: number, secret = SECRET): Promise<number> => {
      const entries = [{ account, balance: `${sequence}.00`, sequence }];
      const body = JSON.stringify({ type: 'operation.completed', timestamp: '', data: { result: { entries } } });
      const now = new Date();
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'webhook-id': id,
          'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
          'webhook-signature': new Webhook(secret).sign(id, now, body),
        },
        body,
      });
      await response.body?.cancel();
      return response.status;
    };
    expect(await post('one', 2)).to.equal(204);
    expect(await post('one', 3)).to.equal(204);
    expect(await post('two', 1)).to.equal(204);
    expect(await post('three', 4, `whsec_${Buffer.alloc(32, 'wrong').toString('base64')}`)).to.equal(401);
    expect(balances.get(account)).to.deep.equal({ balance: '2.00', sequence: 2 });
  });

  it('is told what is wrong with a key or an address', async () => {
    for (const [args, env, reason] of [
      [['--url', saldo.gatewayUrl, '--key', 'wrong'], {}, /not valid/],
      [['--url', saldo.gatewayUrl], {}, /SALDO_API_KEY/],
      [['--url', 'nonsense', '--key', 'x'], {}, /--url takes a URL/],
      [['--forward-to', 'ftp://x/', '--key', 'x'], {}, /--forward-to takes/],
    ] as const) {
      const { code, stderr } = await spawnSaldo(['listen', ...args], env).ended;
      expect({ code, stderr }).to.deep.include({ code: 1 });
      expect(stderr).to.match(reason);
    }
  });
});
