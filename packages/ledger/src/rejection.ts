/**
 * Why an operation was refused: business answers, not failures. The names are part of the API.
 * The texts are what a caller reads in `error.detail`.
 */
export const REJECTIONS = {
  insufficient_funds: 'The account has less money available than the operation takes.',
  account_not_found: 'Money is taken from a user or wallet that never had any.',
  same_account: 'The money would go back to the account it comes from.',
  hold_not_found: 'Nothing is reserved for this order and service.',
  hold_exists: 'This order and service have been reserved already.',
  hold_mismatch: "The order is another user's.",
  amount_exceeds_hold: 'The amount is more than what is left of the hold.',
  amount_exceeds_captured: 'The amount is more than what was captured and not yet refunded.',
  balance_limit_exceeded: 'A balance would grow past the largest one that the ledger keeps.',
} as const;

export type RejectionReason = keyof typeof REJECTIONS;

export function isRejectionReason(text: string): text is RejectionReason {
  return Object.hasOwn(REJECTIONS, text);
}
