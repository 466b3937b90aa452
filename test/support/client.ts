import { expect } from 'chai';
import { Agent, request } from 'undici';
import { atTheEnd } from './cleanup.js';
import { expectContract, type Answer, type Job, type Page } from './contract.js';
import { download } from './download.js';

export type Headers = Readonly<Record<string, string>>;

/** What can be sent: JSON, or a text as it stands, say because it is no JSON. */
export interface Sent {
  readonly json?: unknown;
  readonly text?: string | Uint8Array;
  readonly headers?: Headers;
  readonly signal?: AbortSignal;
}

/** So many requests may be under way at once: more than any test has. */
const CONNECTIONS = 128;

let agent: Agent | undefined;

function connections(): Agent {
  if (agent === undefined) {
    const opened = new Agent({ connections: CONNECTIONS });
    agent = opened;
    atTheEnd(() => opened.destroy());
  }
  return agent;
}

/**
 * Somebody who talks HTTP to a gateway, or to several in turn. Whatever they ask, each answer is checked against the
 * contract.
 */
export class Client {
  readonly #urls: readonly string[];
  readonly headers: Headers;
  #turn = 0;

  constructor(urls: string | readonly string[], headers: Headers) {
    this.#urls = typeof urls === 'string' ? [urls] : urls;
    this.headers = headers;
  }

  /** The key that it has. */
  get key(): string {
    return (this.headers['authorization'] ?? '').replace(/^Bearer /, '');
  }

  /** Whoever has the same key, at another gateway. */
  at(url: string): Client {
    return new Client(url, this.headers);
  }

  static withKey(urls: string | readonly string[], key: string): Client {
    return new Client(urls, { authorization: `Bearer ${key}` });
  }

  get #url(): string {
    this.#turn += 1;
    return this.#urls[this.#turn % this.#urls.length] ?? '';
  }

  async send<Body = unknown>(method: string, path: string, { json, text, headers, signal }: Sent = {}) {
    const body = json === undefined ? text : JSON.stringify(json);
    const response = await request(this.#url + path, {
      dispatcher: connections(),
      method: method as 'GET',
      headers: {
        ...this.headers,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
      ...(signal === undefined ? {} : { signal }),
    });
    const answered = await response.body.text();
    const answer: Answer<Body> = {
      status: response.statusCode,
      headers: Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, String(value)])),
      body: (answered === '' ? undefined : JSON.parse(answered)) as Body,
      text: answered,
    };
    expectContract(answer, `${method} ${path}`);
    return answer;
  }

  get<Body = unknown>(path: string, headers: Headers = {}): Promise<Answer<Body>> {
    return this.send<Body>('GET', path, { headers });
  }

  post<Body = unknown>(path: string, json: unknown, headers: Headers = {}): Promise<Answer<Body>> {
    return this.send<Body>('POST', path, { json, headers });
  }

  /** Fetches a file, whatever it is. */
  download(path: string): ReturnType<typeof download> {
    return download(this.#url, path, this.headers);
  }

  /** `POST /v1/operations`, whatever is answered. */
  submit<Body = Job>(operation: unknown, headers: Headers = {}): Promise<Answer<Body>> {
    return this.post<Body>('/v1/operations', operation, headers);
  }

  /** `POST /v1/operations/batch`, whatever is answered. */
  submitBatch<Body = { jobs: Job[] }>(operations: unknown, headers: Headers = {}): Promise<Answer<Body>> {
    return this.post<Body>('/v1/operations/batch', { operations }, headers);
  }

  /** Has an operation applied and answers the finished job, completed or rejected. */
  async finish(operation: object): Promise<Job> {
    const { status, body, text } = await this.submit(operation, { prefer: 'wait=30' });
    expect(status, text).to.equal(200);
    return body;
  }

  /** Has operations applied in this order and answers the finished jobs. */
  async finishAll(operations: readonly object[]): Promise<Job[]> {
    const { status, body, text } = await this.submitBatch(operations, { prefer: 'wait=30' });
    expect(status, text).to.equal(200);
    return body.jobs;
  }

  /** Has operations completed that must succeed for a test to go on. */
  async given(...operations: readonly object[]): Promise<void> {
    for (const job of await this.finishAll(operations)) expect(job.error, JSON.stringify(job.request)).to.equal(null);
  }

  async job(id: string, waitS = 0): Promise<Job> {
    const { status, body, text } = await this.get<Job>(`/v1/jobs/${id}?wait=${waitS}`);
    expect(status, text).to.equal(200);
    return body;
  }

  /** Reads a list to its end, page by page, and checks that `Link` leads where `next_cursor` does. */
  async readAll<Row>(path: string): Promise<Row[]> {
    const rows: Row[] = [];
    for (let next: string | undefined = path; next !== undefined;) {
      const { status, body, headers, text }: Answer<Page<Row>> = await this.get(next);
      expect(status, text).to.equal(200);
      rows.push(...body.data);
      next = /^<([^>]+)>; rel="next"$/.exec(headers['link'] ?? '')?.[1];
      const cursor = next === undefined ? null : new URL(next, this.#url).searchParams.get('cursor');
      expect(body.next_cursor).to.equal(cursor);
    }
    return rows;
  }
}
