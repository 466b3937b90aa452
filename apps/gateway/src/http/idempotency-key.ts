import { validationFailed } from './problem.js';

const VISIBLE = /^[\x21-\x7e]{1,255}$/;

/** Reads the header `Idempotency-Key`, with or without the quotes of a structured field. */
export function idempotencyKeyOf(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const key = /^".*"$/.test(header) && header.length > 1 ? header.slice(1, -1) : header;
  if (!isIdempotencyKey(key)) throw validationFailed([{ pointer: 'Idempotency-Key', detail: IDEMPOTENCY_KEY_TAKES }]);
  return key;
}

export const IDEMPOTENCY_KEY_TAKES = 'takes 1 to 255 visible ASCII characters';

export function isIdempotencyKey(text: string): boolean {
  return VISIBLE.test(text);
}
