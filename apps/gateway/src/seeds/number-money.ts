import { formatMoney } from '@saldo/ledger';
import type { Response } from 'express';

/** What stands before money in a text that is to become a JSON number. No text of a caller's can hold it. */
const MARK = '\0';
const MARKED_MONEY = /"\\u0000(-?[0-9.]+)"/g;

/** Money as the old systems printed it: `500`, `199.99`, `0`. */
export function plainMoney(units: bigint): string {
  return formatMoney(units).replace(/\.?0+$/, '');
}

/** Money that {@link sendJson} writes as a JSON number with all of its digits, which a float might not have. */
export function numberMoney(units: bigint): unknown {
  return { toJSON: () => MARK + plainMoney(units) };
}

export function sendJson(response: Response, body: unknown): void {
  response.type('application/json').send(JSON.stringify(body).replace(MARKED_MONEY, '$1'));
}
