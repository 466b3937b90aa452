import { expect } from 'chai';
import { describeOnBothQueues } from '../support/both-queues.js';
import type { Job, Problem } from '../support/contract.js';
import { capture, deposit, fresh, release, reserve, transfer } from '../support/operations.js';

describeOnBothQueues('Money', (saldo) => {
  for (const [given, shown] of [
    ['"1"', '1.00'],
    ['1', '1.00'],
    ['"1.5"', '1.50'],
    ['1.5', '1.50'],
    ['1.5000', '1.50'],
    ['"112.8960"', '112.896'],
    ['112.896', '112.896'],
    ['"0.0001"', '0.0001'],
    ['0.0001', '0.0001'],
    ['0.1', '0.10'],
    ['"199.99"', '199.99'],
    ['199.99', '199.99'],
    ['"100000000000.0000"', '100000000000.00'],
    ['100000000000.0000', '100000000000.00'],
    ['99999999999.9999', '99999999999.9999'],
  ] as const) {
    it(`${given} is taken as ${shown}`, async () => {
      const user = fresh('user');
      const text = `{"type":"deposit","user_id":"${user}","amount":${given}}`;
      const { status, body } = await saldo.merchant.send<Job>('POST', '/v1/operations', {
        text,
        headers: { prefer: 'wait=30' },
      });
      expect(status).to.equal(200);
      expect(body.request).to.include({ amount: shown });
      expect(body.result?.entries.map(({ amount }) => amount)).to.deep.equal([shown, shown]);
      expect((await saldo.merchant.get(`/v1/users/${user}/balance`)).body).to.include({ available: shown });
    });
  }

  it('is added up exactly', async () => {
    const user = fresh('user');
    await saldo.merchant.given(
      ...Array.from({ length: 10 }, () => deposit(user, '0.1')),
      deposit(user, '99999999999.9999'),
    );
    expect((await saldo.merchant.get(`/v1/users/${user}/balance`)).body).to.include({ available: '100000000000.9999' });
  });
});

describeOnBothQueues('An id', (saldo) => {
  it('may be an integer, which is the same as its digits', async () => {
    const [user, order] = [Number(`7${fresh('').slice(1)}`), Number(`8${fresh('').slice(1)}`)];
    const job = await saldo.merchant.finish({ ...deposit('', '9'), user_id: user });
    expect(job.request).to.include({ user_id: String(user) });
    const jobs = await saldo.merchant.finishAll([
      { type: 'reserve', user_id: user, order_id: order, service_id: 5, amount: 2 },
      { type: 'capture', user_id: String(user), order_id: String(order), lines: [{ service_id: 5, amount: 1 }] },
      { type: 'transfer', from_user_id: user, to_user_id: 0, to_wallet: 9007199254740991, amount: 1 },
    ]);
    expect(jobs.map((one) => one.error?.code ?? one.status)).to.deep.equal(['completed', 'completed', 'completed']);
    expect(jobs[2]?.request).to.include({ to_user_id: '0', to_wallet: '9007199254740991' });
    expect((await saldo.merchant.get(`/v1/users/${user}/balance`)).body).to.include({
      available: '6.00',
      reserved: '1.00',
    });
  });

  it('may have 64 letters, digits and . _ : -', async () => {
    const odd = (kind: string): string => `${fresh(kind)}.A-Z_a:z-09`.padEnd(64, ':');
    const [ann, bob, order, service, wallet] = [odd('ann'), odd('bob'), odd('order'), odd('service'), odd('wallet')];
    const jobs = await saldo.merchant.finishAll([
      deposit(ann, '9', { wallet }),
      transfer(ann, bob, '1', { from_wallet: wallet, to_wallet: wallet }),
      reserve(ann, order, '2', { wallet, service_id: service }),
      capture(ann, order, { service_id: service, amount: '1' }),
      release(ann, order, { service_id: service }),
    ]);
    expect(jobs.map((job) => job.error?.code ?? job.status)).to.deep.equal(Array(5).fill('completed'));
    expect(jobs[3]?.result?.entries.map(({ account }) => account)).to.deep.equal([
      `user:${ann}:${wallet}:reserved`,
      `revenue:${service}`,
    ]);
    expect(await saldo.merchant.readAll(`/v1/jobs?user_id=${ann}`)).to.have.length(5);
    expect(await saldo.accountant.readAll(`/v1/users/${ann}/operations`)).to.have.length(5);
  });

  it('keeps users apart whose ids look alike', async () => {
    const id = fresh('user');
    const alike = [id, id.toUpperCase(), `${id}.`, `${id}:main`, `${id}:main:available`, `0${id}`];
    await saldo.merchant.given(...alike.map((user, index) => deposit(user, `${index + 1}`)));
    for (const [index, user] of alike.entries()) {
      expect((await saldo.merchant.get(`/v1/users/${user}/balance`)).body).to.include({
        user_id: user,
        available: `${index + 1}.00`,
      });
    }
  });
});

describeOnBothQueues("A caller's own words", (saldo) => {
  for (const description of [
    '',
    'für Ålesund – 銀行 🏦',
    'a\nb\t"c"\\',
    '<b>&amp;</b>',
    "'; drop table jobs; --",
    '=1+1',
    'x'.repeat(1_000),
    '\u0001\u007f\u2028',
  ]) {
    it(`come out as they went in: ${JSON.stringify(description.slice(0, 40))}`, async () => {
      const user = fresh('user');
      const metadata = { [description.slice(0, 40)]: description, number: 1.5e-7, yes: true, no: null };
      const job = await saldo.merchant.finish({ ...deposit(user, '1'), description, metadata });
      expect(job.request).to.deep.include({ description, metadata });
      const [row] = await saldo.accountant.readAll<{ description: string }>(`/v1/users/${user}/operations`);
      expect(row?.description).to.equal(description);
    });
  }

  it('may be numbers that look like money', async () => {
    const metadata = { amount: 5, price: 1e3, 'a"amount': 7, nested: '{"amount":5}' };
    const job = await saldo.merchant.finish({ ...deposit(fresh('user'), '1'), metadata });
    expect(job.request['metadata']).to.deep.equal(metadata);
    const [inBatch] = await saldo.merchant.finishAll([{ ...deposit(fresh('user'), '1'), metadata }]);
    expect(inBatch?.request['metadata']).to.deep.equal(metadata);
  });

  it('may be 16 keys and 4 KiB', async () => {
    const sixteen = Object.fromEntries(Array.from({ length: 16 }, (_, index) => [`key-${index}`, index]));
    const large = { a: 'x'.repeat(4_096 - '{"a":""}'.length) };
    for (const metadata of [{}, sixteen, large]) {
      expect((await saldo.merchant.submit({ ...deposit(fresh('user'), '1'), metadata })).status).to.equal(202);
    }
    for (const metadata of [{ ...sixteen, more: 1 }, { a: `${large.a}x` }]) {
      const { status, body } = await saldo.merchant.submit<Problem>({ ...deposit(fresh('user'), '1'), metadata });
      expect(status).to.equal(400);
      expect(body.errors?.map(({ pointer }) => pointer)).to.deep.equal(['/metadata']);
    }
  });
});

describeOnBothQueues('A service', (saldo) => {
  const names = async (): Promise<Map<string, unknown>> =>
    new Map(
      (await saldo.merchant.readAll<{ id: string }>('/v1/services?limit=3')).map((service) => [service.id, service]),
    );

  it('has a name and may have a price, is written over as a whole, and is listed', async () => {
    const id = fresh('service');
    const put = async (json: unknown): Promise<object> => {
      const { status, body, text } = await saldo.admin.send<{ updated_at: string }>('PUT', `/v1/services/${id}`, {
        json,
      });
      expect(status, text).to.equal(200);
      const { updated_at: updatedAt, ...rest } = body;
      expect(updatedAt).to.match(/Z$/);
      expect((await names()).get(id)).to.deep.equal(body);
      return rest;
    };
    expect(await put({ name: 'Wash & "dry"', price: 12.5 })).to.deep.equal({
      id,
      name: 'Wash & "dry"',
      price: '12.50',
    });
    expect(await put({ name: 'Wash' })).to.deep.equal({ id, name: 'Wash', price: null });
  });

  it('is in the list once, over pages of any size', async () => {
    const ids = Array.from({ length: 7 }, () => fresh('paged'));
    for (const id of ids) await saldo.admin.send('PUT', `/v1/services/${id}`, { json: { name: id } });
    for (const limit of [1, 2, 7, 200]) {
      const listed = (await saldo.accountant.readAll<{ id: string }>(`/v1/services?limit=${limit}`)).map(
        (service) => service.id,
      );
      expect(listed).to.include.members(ids);
      expect(new Set(listed).size).to.equal(listed.length);
    }
  });

  for (const [title, path, json, pointers] of [
    ['no name', 'x', {}, ['/name']],
    ['a blank name and a bad price', 'x', { name: '', price: '-1' }, ['/name', '/price']],
    ['a price in words and an unknown field', 'x', { name: 'n', price: 'ten', cost: 1 }, ['/price', '/cost']],
    ['too long a name', 'x', { name: 'n'.repeat(257) }, ['/name']],
    ['a bad id and no name', 'a%20b', {}, ['/id', '/name']],
    ['too long an id', 'x'.repeat(65), { name: 'n' }, ['/id']],
    ['no object', 'x', [], ['']],
  ] as const) {
    it(`with ${title} is refused`, async () => {
      const { status, body } = await saldo.admin.send<Problem>('PUT', `/v1/services/${path}`, { json });
      expect(status).to.equal(400);
      expect(body.errors?.map(({ pointer }) => pointer)).to.have.members([...pointers]);
    });
  }
});
