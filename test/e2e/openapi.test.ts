import { createConfig, lintFromString } from '@redocly/openapi-core';
import { createLogger, readSettings } from '@saldo/config';
import { startGateway } from '@saldo/gateway';
import { ensureAdminKey, connectDatabase, seedDemo } from '@saldo/store';
import { expect } from 'chai';
import { ApiDescription, type OpenApi } from '../support/api-description.js';
import { sharedPostgres } from '../support/postgres.js';
import { startWorker } from '../support/saldo.js';
import { makeTemporaryFolder } from '../support/temporary-folder.js';
import { until } from '../support/until.js';

const KEY = 'the-key-of-the-description';

interface Asked {
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

describe('The description of the API', () => {
  let gateway: Awaited<ReturnType<typeof startGateway>>;
  let document: OpenApi;
  let description: ApiDescription;

  before(async function () {
    this.timeout(60_000);
    const databaseUrl = await (await sharedPostgres()).createMigratedDatabase();
    const shared = { SALDO_DATA_DIR: await makeTemporaryFolder('data'), SALDO_SECRET_KEY: 'ab'.repeat(32) };
    const env = { DATABASE_URL: databaseUrl, PORT: '0', LOG_LEVEL: 'error', ...shared };
    const database = connectDatabase(databaseUrl, { poolMax: 1, name: 'saldo-test' });
    await ensureAdminKey(database, KEY);
    await seedDemo(database);
    await database.close();
    gateway = await startGateway({ ...readSettings(env), databaseUrl }, createLogger('gateway', 'silent'));
    await startWorker({ DATABASE_URL: databaseUrl, ...shared });
    document = (await (await fetch(`${gateway.url}/openapi.json`)).json()) as OpenApi;
    description = new ApiDescription(document);
  });

  after(() => gateway.stop());

  /** Asks, and holds the answer to the description. */
  const ask = async (
    method: string,
    path: string,
    { json, headers = {} }: Asked = {},
  ): Promise<{ status: number; body: unknown }> => {
    const response = await fetch(gateway.url + path, {
      method,
      headers: {
        authorization: `Bearer ${KEY}`,
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    });
    const text = await response.text();
    const contentType = response.headers.get('content-type') ?? undefined;
    const body: unknown = text === '' ? undefined : /json/.test(contentType ?? '') ? JSON.parse(text) : text;
    const route = description.routeOf(method, path);
    asked.add(`${route} ${response.status}`);
    description.expectDescribed(route, { status: response.status, contentType, body });
    return { status: response.status, body };
  };
  const asked = new Set<string>();

  it('is OpenAPI 3.1, and a public linter finds nothing wrong with it', async () => {
    expect(document.openapi).to.match(/^3\.1\./);
    // Health and the description itself refuse nobody.
    const rules = { 'operation-4xx-response': 'off' } as const;
    const config = await createConfig({ extends: ['recommended'], rules });
    const problems = await lintFromString({ source: JSON.stringify(document), config });
    expect(
      problems.map(({ ruleId, message, location }) => `${ruleId}: ${message} at ${location[0]?.pointer ?? ''}`),
    ).to.deep.equal([]);
  });

  it('describes every route of the gateway, and no other', () => {
    const described = description.routes;
    const undescribed = gateway.routes.filter((route) => !described.includes(route));
    const gone = described.filter((route) => !gateway.routes.includes(route));
    expect(undescribed, 'routes that no RouteGroup in apps/gateway/src describes').to.deep.equal([]);
    expect(gone, 'routes that are described, but not there').to.deep.equal([]);
    expect(gateway.routes).to.have.length.greaterThan(20);
  });

  it('has an example for every body, which the schema beside it takes', () => {
    const bodies = JSON.stringify(document.paths).match(/"requestBody"/g) ?? [];
    const examples = Object.values(document.paths).flatMap((operations) =>
      Object.values(
        operations as Record<
          string,
          {
            requestBody?: {
              content: Record<string, { schema: unknown; examples?: Record<string, { value: unknown }> }>;
            };
          }
        >,
      ).flatMap(({ requestBody }) => {
        const json = requestBody?.content['application/json'];
        return json === undefined ? [] : [{ schema: json.schema, values: Object.values(json.examples ?? {}) }];
      }),
    );
    expect(examples).to.have.length(bodies.length);
    for (const { schema, values } of examples) {
      expect(values, JSON.stringify(schema)).not.to.be.empty;
      for (const { value } of values)
        expect(description.validate(schema, value), JSON.stringify(value)).to.equal(undefined);
    }
  });

  it('says what is really answered: on the native paths', async () => {
    await ask('GET', '/healthz');
    await ask('GET', '/readyz');
    await ask('GET', '/openapi.json');
    await ask('GET', '/docs');
    await ask('GET', '/docs/start.js');
    const deposit = { type: 'deposit', user_id: '7', amount: '100' };
    const queued = await ask('POST', '/v1/operations', { json: deposit });
    await ask('POST', '/v1/operations', { json: deposit, headers: { prefer: 'wait=10' } });
    await ask('POST', '/v1/operations', {
      json: { type: 'withdraw', user_id: '8', amount: '1' },
      headers: { prefer: 'wait=10' },
    });
    await ask('POST', '/v1/operations', { json: { type: 'deposit' } });
    await ask('POST', '/v1/operations', { json: deposit, headers: { authorization: 'Bearer nobody' } });
    await ask('POST', '/v1/operations/batch', { json: { operations: [deposit] } });
    await ask('POST', '/v1/operations/batch', {
      json: { operations: [deposit, deposit] },
      headers: { prefer: 'wait=10' },
    });
    const { id } = queued.body as { id: string };
    await ask('GET', `/v1/jobs/${id}?wait=10`);
    await ask('GET', `/v1/jobs/${id}`, { headers: { 'if-none-match': '*' } });
    await ask('GET', '/v1/jobs/nothing');
    await ask('GET', '/v1/jobs?limit=2');
    await ask('GET', '/v1/jobs?limit=0');
    await ask('GET', '/v1/users/7/balance');
    await ask('GET', '/v1/users/nobody/balance');
    await ask('GET', '/v1/users/7/operations?limit=2');
    await ask('PUT', '/v1/services/7', { json: { name: 'Seven', price: '1', description: 'The seventh' } });
    await ask('GET', '/v1/services');
    const order = await ask('POST', '/v1/orders', {
      json: { user_id: '7', items: [{ service_id: '7', quantity: 2 }] },
    });
    await ask('GET', `/v1/orders/${(order.body as { id: number }).id}`);
    await ask('GET', '/v1/orders/0');
    await ask('PUT', '/v1/company-accounts/2', { json: { name: 'Another' } });
    const key = await ask('POST', '/v1/api-keys', { json: { name: 'a shop', role: 'merchant' } });
    const made = key.body as { id: string; key: string };
    await ask('GET', '/v1/api-keys', { headers: { authorization: `Bearer ${made.key}` } });
    await ask('GET', '/v1/api-keys');
    await ask('DELETE', `/v1/api-keys/${made.id}`);
  });

  it('says what is really answered: on the old paths', async () => {
    const async = { prefer: 'respond-async' };
    for (const to_user_id of [1, 2]) {
      const json = { amount: 1_000_000, to_user_id };
      await ask('PATCH', '/v1/transactions/deposit', { json });
      await ask('PATCH', '/v1/transactions/deposit', { json, headers: async });
    }
    for (const [name, json] of [
      ['transfer', { amount: 1.5, from_user_id: 1, to_user_id: 2 }],
      ['transfer', { amount: 1.5, from_user_id: 1, to_user_id: 1 }],
      ['transfer', { amount: 99_000_000, from_user_id: 1, to_user_id: 2 }],
      ['reserve', { order_id: 1 }],
      ['reserve', { order_id: 1 }],
      ['reserve', {}],
      ['make-payment', { order_id: 1 }],
      ['reserve', { order_id: 2 }],
      ['reserve-refund', { order_id: 2 }],
    ] as const) {
      await ask('PATCH', `/v1/transactions/${name}`, { json });
    }
    await ask('GET', '/v1/information/account-balance/1');
    await ask('GET', '/v1/information/account-balance/99');
    await ask('GET', '/v1/information/account-transactions/1?page=1');
    await ask('GET', '/v1/information/account-transactions/1?page=x');
    const now = new Date();
    await ask('GET', `/v1/reports/consolidated/monthly?year=${now.getUTCFullYear()}&month=${now.getUTCMonth() + 1}`);
    await ask('GET', '/v1/reports/consolidated/monthly?year=2021&month=1');
    for (const login of ['a', 'a', 'b']) await ask('POST', '/clients', { json: { login, name: 'n' } });
    await ask('POST', '/clients/1/wallets');
    await ask('POST', '/resupplies', { json: { walletId: 1, amount: 5 } });
    await ask('POST', '/resupplies', { json: { walletId: 1, amount: 5 }, headers: async });
    await ask('POST', '/transfers', { json: { walletFromId: 1, walletToId: 2, amount: 5 } });
    await ask('POST', '/transfers', { json: { walletFromId: 2, walletToId: 77, amount: 50 } });
    await ask('POST', '/transfers', { json: { walletFromId: 2 } });
  });

  it('says what is really answered: about reports', async function () {
    this.timeout(60_000);
    const wait = { prefer: 'wait=25' };
    const revenue = { type: 'revenue', period: '2026-10', format: 'csv' };
    const job = await ask('POST', '/v1/reports', { json: { type: 'trial-balance', format: 'csv' }, headers: wait });
    await ask('POST', '/v1/reports', { json: revenue });
    const { url } = (job.body as { result: { url: string } }).result;
    const etag = (await fetch(gateway.url + url)).headers.get('etag') ?? '';
    await ask('GET', url);
    await ask('GET', url, { headers: { range: 'bytes=0-3' } });
    await ask('GET', url, { headers: { 'if-none-match': etag } });
    await until('a report is cancelled before it is made', async () => {
      const json = { type: 'operations', from: '2020-01-01T00:00:00Z', to: new Date().toISOString(), format: 'xlsx' };
      const { id } = (await ask('POST', '/v1/reports', { json })).body as { id: string };
      return (await ask('DELETE', `/v1/reports/${id}`)).status === 200;
    });
    await ask('POST', '/v1/periods/2020-01/close', { headers: wait });
    await ask('POST', '/v1/periods/2020-02/close');
    await ask('GET', '/v1/periods');
    const schedule = await ask('POST', '/v1/report-schedules', { json: { type: 'revenue', format: 'csv' } });
    await ask('GET', '/v1/report-schedules');
    await ask('DELETE', `/v1/report-schedules/${(schedule.body as { id: string }).id}`);
  });

  it('says what is really answered: about webhooks', async () => {
    const json = { url: 'https://shop.example/saldo', events: ['operation.*'] };
    const made = await ask('POST', '/v1/webhook-endpoints', { json });
    const endpoint = `/v1/webhook-endpoints/${(made.body as { id: string }).id}`;
    await ask('POST', '/v1/webhook-endpoints', { json: { url: 'http://127.0.0.1/' } });
    await ask('GET', '/v1/webhook-endpoints');
    await ask('GET', endpoint);
    await ask('PATCH', endpoint, { json: { description: 'Ours' } });
    await ask('POST', `${endpoint}/rotate-secret`);
    const test = await ask('POST', `${endpoint}/test`);
    await ask('POST', `/v1/webhook-deliveries/${(test.body as { id: string }).id}/retry`);
    await ask('GET', `${endpoint}/deliveries`);
    await ask('POST', `${endpoint}/replay`, { json: { since: '2026-11-21T09:10:00Z' } });
    await ask('GET', '/v1/events?limit=5');
    await ask('DELETE', endpoint);
  });

  it('was held against an answer of every route, and of every success that it describes', () => {
    const HARD_TO_BRING_ABOUT = /^(patch .*|post \/(resupplies|transfers)) 202$|^get \/readyz 503$/;
    const described = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.entries(operations).flatMap(([method, { responses }]) =>
        Object.keys(responses)
          .filter((status) => Number(status) < 400)
          .map((status) => `${method} ${path} ${status}`),
      ),
    );
    expect(described.filter((one) => !asked.has(one) && !HARD_TO_BRING_ABOUT.test(one))).to.deep.equal([]);
  });

  it('can be read and tried at /docs, with everything that this needs from here', async () => {
    const page = await (await fetch(`${gateway.url}/docs`)).text();
    const needed = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url = '']) => url);
    expect(needed).to.have.length(4);
    for (const url of needed) {
      expect(url).to.match(/^\/docs\//);
      const response = await fetch(gateway.url + url);
      expect(response.status, url).to.equal(200);
      await response.body?.cancel();
    }
    const start = await (await fetch(`${gateway.url}/docs/start.js`)).text();
    expect(start).to.include("url: '/openapi.json'");
    expect(document).to.have.nested.property('components.securitySchemes.key.scheme', 'bearer');
  });
});
