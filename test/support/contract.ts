import { expect } from 'chai';

/** What a request was answered, as it came over the wire. */
export interface Answer<Body = unknown> {
  readonly status: number;
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The JSON, or undefined where there is no body. */
  readonly body: Body;
  readonly text: string;
}

export interface FieldError {
  readonly pointer: string;
  readonly detail: string;
}

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly request_id: string;
  readonly errors?: readonly FieldError[];
}

export interface Entry {
  readonly account: string;
  readonly user_id: string | null;
  readonly wallet: string | null;
  readonly kind: string;
  readonly direction: string;
  readonly amount: string;
  readonly balance: string | null;
  readonly sequence: number | null;
}

export interface Job {
  readonly id: string;
  readonly type: string;
  readonly status: 'queued' | 'completed' | 'rejected' | 'failed';
  readonly created_at: string;
  readonly finished_at: string | null;
  readonly request: Readonly<Record<string, unknown>>;
  readonly result: { readonly entries: readonly Entry[] } | null;
  readonly error: { readonly code: string; readonly detail: string } | null;
}

export interface Page<Row> {
  readonly data: readonly Row[];
  readonly next_cursor: string | null;
}

/** RFC 3339 in UTC. */
export const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?Z$/;

const STATUS_OF: Readonly<Record<string, number>> = {
  validation_failed: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  payload_too_large: 413,
  unsupported_media_type: 415,
  range_not_satisfiable: 416,
  idempotency_mismatch: 422,
  bad_request: 400,
  unprocessable: 422,
  rate_limited: 429,
  internal: 500,
  not_configured: 501,
  overloaded: 503,
};

/** Nothing that tells of the inside: a stack, a path, SQL or an error of Postgres. */
const INSIDE = [
  /\bat \S+ \(|\n\s+at /,
  /node_modules|node:internal|file:\/\/|\.(?:ts|js|mjs|sql)\b/,
  /(?:^|[\s"'(])\/(?:home|root|usr|tmp|var|work|app|opt)\//,
  /\b(?:select|insert into|delete from|update)\b.*\b(?:from|values|set|where)\b/i,
  /syntax for type|syntax error at|violates|relation "|column "|constraint|out of range|ECONN|postgres|redis|bullmq|knex/i,
];

/** Every answer keeps these rules, whatever was asked. */
export function expectContract(answer: Answer, what: string): void {
  const { status, headers, text } = answer;
  expect(headers['x-request-id'], `the request id of ${what}`)
    .to.be.a('string')
    .that.matches(/^[\x21-\x7e]{1,128}$/);
  if (status < 400) {
    if (text === '') expect(status, what).to.be.oneOf([204, 304]);
    else expect(headers['content-type'], what).to.match(/^application\/json\b/);
    return;
  }
  expectProblem(answer as Answer<Problem>, what);
}

/** RFC 9457, with the code and the status that go together. */
function expectProblem({ status, headers, body, text }: Answer<Problem>, what: string): void {
  const told = `${what} is answered ${status} ${text}`;
  expect(headers['content-type'], told).to.match(/^application\/problem\+json\b/);
  expect(body, told).to.include.all.keys('type', 'title', 'status', 'detail', 'code', 'request_id');
  expect(STATUS_OF[body.code], told).to.equal(status);
  expect(body.status, told).to.equal(status);
  expect(body.request_id, told).to.equal(headers['x-request-id']);
  for (const field of [body.type, body.title, body.detail]) expect(field, told).to.be.a('string').and.not.equal('');
  if (status === 429 || status === 503) expect(headers['retry-after'], told).to.match(/^\d+$/);
  if (body.code === 'validation_failed') expect(body.errors, told).to.be.an('array').that.is.not.empty;
  for (const error of body.errors ?? []) {
    expect(error, told).to.have.all.keys('pointer', 'detail');
    expect(error.detail, told).to.be.a('string').and.not.equal('');
  }
  for (const sign of INSIDE) expect(text, told).not.to.match(sign);
}
