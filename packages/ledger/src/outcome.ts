import type { AccountKey } from './account.js';
import type { RejectionReason } from './rejection.js';

/** One side of a movement, with the account as it stood right after. */
export interface Side {
  readonly account: AccountKey;
  readonly balanceUnits: bigint;
  readonly sequence: bigint;
}

/** One movement of money: what leaves `debit` enters `credit`. */
export interface Line {
  readonly debit: Side;
  readonly credit: Side;
  readonly amountUnits: bigint;
  /** The service a capture or refund is for, or the one a hold was reserved with; empty where there is none. */
  readonly serviceId: string;
}

/** How an operation ended. A capture over several services has a line for each, every other operation one. */
export type Outcome =
  | { readonly status: 'completed'; readonly lines: readonly Line[] }
  | { readonly status: 'rejected'; readonly reason: RejectionReason };
