/** Every error that the gateway answers: its HTTP status and title. The codes are part of the API. */
export const PROBLEMS = {
  validation_failed: { status: 400, title: 'The request is malformed' },
  unauthorized: { status: 401, title: 'A valid API key is needed' },
  forbidden: { status: 403, title: 'The API key may not do this' },
  not_found: { status: 404, title: 'There is no such thing' },
  conflict: { status: 409, title: 'Not in the state it is in' },
  payload_too_large: { status: 413, title: 'The body is too large' },
  range_not_satisfiable: { status: 416, title: 'There is no such part' },
  unsupported_media_type: { status: 415, title: 'The body is of a kind that is not taken' },
  idempotency_mismatch: { status: 422, title: 'The idempotency key was used for another operation' },
  bad_request: { status: 400, title: 'The request can not be carried out' },
  unprocessable: { status: 422, title: 'The request can not be carried out' },
  overloaded: { status: 503, title: 'Too busy just now' },
  not_configured: { status: 501, title: 'This Saldo is not set up for it' },
  internal: { status: 500, title: 'Something went wrong here' },
} as const;

export type ProblemCode = keyof typeof PROBLEMS;

/** What is wrong with one field. `pointer` is a JSON pointer (RFC 6901) into the body, or names a query parameter or header. */
export interface FieldError {
  readonly pointer: string;
  readonly detail: string;
}

/** An error that the caller is told about, as problem+json (RFC 9457). */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly errors: readonly FieldError[] | undefined;
  /** Seconds. */
  readonly retryAfter: number | undefined;
  /** Further members of the answer, beside those that every problem has. */
  readonly members: Readonly<Record<string, string>>;

  constructor(
    code: ProblemCode,
    detail: string,
    more: {
      errors?: readonly FieldError[] | undefined;
      retryAfter?: number;
      members?: Readonly<Record<string, string>>;
    } = {},
  ) {
    super(detail);
    this.code = code;
    this.errors = more.errors;
    this.retryAfter = more.retryAfter;
    this.members = more.members ?? {};
  }
}

/** The problem as it is sent: the members of RFC 9457, and the id to ask with. */
export function problemBody({ code, message, errors, members }: Problem, requestId: string, instance?: string): object {
  const { status, title } = PROBLEMS[code];
  const type = `https://saldo.dev/problems/${code}`;
  return { type, title, status, detail: message, code, instance, request_id: requestId, errors, ...members };
}

/** RFC 6901. */
export function jsonPointer(path: readonly (string | number)[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** For input with these bad fields, all named at once. */
export function validationFailed(errors: readonly FieldError[]): Problem {
  const named = errors.slice(0, 3).map(({ pointer, detail }) => `${pointer || 'the body'} ${detail}`);
  const more = errors.length > 3 ? `; and ${errors.length - 3} more` : '';
  return new Problem('validation_failed', `${named.join('; ')}${more}.`, { errors });
}
