/** What is wrong with one field, by JSON pointer. */
export interface FieldError {
  readonly pointer: string;
  readonly detail: string;
}

/** Saldo refused a request (RFC 9457). A rejected operation is no such error: it is a finished job. */
export class SaldoError extends Error {
  override readonly name = 'SaldoError';
  /** Of HTTP. */
  readonly status: number;
  /** `validation_failed`, `unauthorized`, `idempotency_mismatch`, … */
  readonly code: string;
  readonly errors: readonly FieldError[];
  /** To quote to whoever runs Saldo. */
  readonly requestId: string | undefined;

  constructor(
    status: number,
    problem: {
      readonly detail?: string;
      readonly code?: string;
      readonly errors?: readonly FieldError[];
      readonly request_id?: string;
    },
  ) {
    super(problem.detail ?? `Saldo answered ${status}`);
    this.status = status;
    this.code = problem.code ?? 'unknown';
    this.errors = problem.errors ?? [];
    this.requestId = problem.request_id;
  }
}

/** A job had not finished in the time that {@link SaldoClient.wait} was given. It will, later. */
export class StillQueuedError extends Error {
  override readonly name = 'StillQueuedError';
}

/** A webhook's signature, time or form is wrong: whoever sent it, act as if it had not come. */
export class WebhookError extends Error {
  override readonly name = 'WebhookError';
}
