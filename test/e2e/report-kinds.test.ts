import { expect } from 'chai';
import { parse } from 'csv-parse/sync';
import { describeOnBothQueues } from '../support/both-queues.js';
import { download } from '../support/download.js';
import { capture, deposit, fresh, refund, release, reserve, transfer, withdraw } from '../support/operations.js';
import { finishedReport, thisMonth } from '../support/reports.js';
import { readWorkbook } from '../support/workbook.js';

const ALWAYS = { from: '2020-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z' };

describeOnBothQueues('A report of kind', (saldo) => {
  const csvOf = async (request: object): Promise<Record<string, string>[]> => {
    const { result } = await finishedReport(saldo.accountant, request);
    const { text } = await download(saldo.gatewayUrl, result?.url);
    return parse(text, { columns: true, delimiter: ';', recordDelimiter: '\r\n' });
  };
  const sheetsOf = async (request: object) => {
    const { result } = await finishedReport(saldo.accountant, { ...request, format: 'xlsx' });
    return readWorkbook((await download(saldo.gatewayUrl, result?.url)).bytes);
  };

  it('statement has the opening balance, every movement with the balance after it, and the closing balance', async () => {
    const [user, other, orderId] = [fresh('user'), fresh('other'), fresh('order')];
    await saldo.merchant.given(deposit(user, '100.5', { description: '=cmd() "Зарплата"; two\nlines' }));
    const from = new Date().toISOString();
    await saldo.merchant.given(
      transfer(user, other, '0.5'),
      reserve(user, orderId, '40'),
      capture(user, orderId, { service_id: 'cleaning', amount: '30' }),
      release(user, orderId),
      refund(user, orderId, 'cleaning', { amount: '5' }),
      withdraw(user, '1'),
    );
    const lines = (await csvOf({ type: 'statement', user_id: user, ...ALWAYS, from })).map(
      ({ account, operation, debit, credit, balance, counterparty }) =>
        [account, operation, debit, credit, balance, counterparty].join(' '),
    );
    expect(lines).to.deep.equal([
      'available opening balance   100.50 ',
      'reserved opening balance   0.00 ',
      `available transfer 0.50  100.00 user:${other}:main:available`,
      `available reserve 40.00  60.00 user:${user}:main:reserved`,
      `reserved reserve  40.00 40.00 user:${user}:main:available`,
      'reserved capture 30.00  10.00 revenue:cleaning',
      `reserved release 10.00  0.00 user:${user}:main:available`,
      `available release  10.00 70.00 user:${user}:main:reserved`,
      'available refund  5.00 75.00 revenue:cleaning',
      'available withdraw 1.00  74.00 external',
      'available closing balance   74.00 ',
      'reserved closing balance   0.00 ',
    ]);
    const whole = await csvOf({ type: 'statement', user_id: user, ...ALWAYS });
    expect(whole.map((line) => line['description'])).to.include(`'=cmd() "Зарплата"; two\nlines`);
    expect(
      whole.filter((line) => line['operation'] === 'opening balance').map((line) => line['balance']),
    ).to.deep.equal(['0.00', '0.00']);
  });

  it('statement of nobody is of no rows', async () => {
    const { result } = await finishedReport(saldo.accountant, {
      type: 'statement',
      user_id: fresh('nobody'),
      ...ALWAYS,
    });
    expect(result).to.include({ rows: 0, total: '0.00' });
  });

  it('trial-balance has every kind of account, now or at a time, and comes out at zero', async () => {
    await saldo.merchant.given(deposit(fresh('user'), '3'));
    const before = new Date().toISOString();
    const then = await csvOf({ type: 'trial-balance' });
    await saldo.merchant.given(deposit(fresh('user'), '4'));
    expect(then.map((line) => line['account'])).to.deep.equal([
      'available',
      'reserved',
      'external',
      'revenue',
      'total',
    ]);
    expect(then.at(-1)?.['balance']).to.equal('0.00');
    const balances = (lines: Record<string, string>[]) => lines.map((line) => line['balance']);
    expect(balances(await csvOf({ type: 'trial-balance', at: before }))).to.deep.equal(balances(then));
    expect(balances(await csvOf({ type: 'trial-balance' }))).not.to.deep.equal(balances(then));
  });

  it('operations has everything of a period, completed and rejected', async () => {
    const user = fresh('user');
    await saldo.merchant.given(deposit(user, '3'));
    await saldo.merchant.finish(withdraw(user, '4'));
    const lines = await csvOf({ type: 'operations', period: thisMonth() });
    const mine = lines.slice(-2).map(({ operation, status, reason, amount }) => [operation, status, reason, amount]);
    expect(mine).to.deep.equal([
      ['deposit', 'completed', '', '3.00'],
      ['withdraw', 'rejected', 'insufficient_funds', ''],
    ]);
    expect(
      await csvOf({ type: 'operations', from: '2001-01-01T00:00:00Z', to: '2001-02-01T00:00:00Z' }),
    ).to.have.length(0);
  });

  it('any, as a workbook, has the same rows: numbers as numbers, texts as they are', async () => {
    const [user, orderId, service] = [fresh('user'), fresh('order'), fresh('service')];
    const name = `=1+1 "${service}" <&> Ж\n  x`;
    await saldo.admin.send('PUT', `/v1/services/${service}`, { json: { name } });
    await saldo.merchant.given(
      deposit(user, '0.0001'),
      deposit(user, '99999999999.9999'),
      reserve(user, orderId, '12.34', { service_id: service }),
      capture(user, orderId, { service_id: service }),
    );
    const request = { type: 'revenue', period: thisMonth() };
    const [sheet = []] = await sheetsOf(request);
    expect(sheet[0]).to.deep.equal(['service', 'revenue']);
    expect(sheet).to.deep.include([name, 12.34]);
    const { result } = await finishedReport(saldo.accountant, request);
    expect(sheet).to.have.length(1 + (result?.rows ?? 0));

    const [statement = []] = await sheetsOf({ type: 'statement', user_id: user, ...ALWAYS });
    const lines = await csvOf({ type: 'statement', user_id: user, ...ALWAYS });
    expect(statement.length).to.equal(1 + lines.length);
    const column = statement[0]?.indexOf('balance') ?? -1;
    expect(statement.slice(1).map((row) => Number(row[column]))).to.deep.equal(
      lines.map((line) => Number(line['balance'])),
    );
    expect(statement.slice(1).every((row) => typeof row[column] === 'number')).to.equal(true);
  });
});
