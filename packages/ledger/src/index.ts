export { formatMoney, parseMoney, AMOUNT_UNITS_MAX, BALANCE_UNITS_MAX, UNITS_PER_ONE } from './money.js';
export {
  accountKey,
  accountName,
  accountParts,
  availableKey,
  isSystemKind,
  reservedKey,
  revenueKey,
  EXTERNAL_KEY,
  MAIN_WALLET,
  type Account,
  type AccountKey,
  type AccountKind,
  type AccountParts,
} from './account.js';
export {
  payerOf,
  toOperation,
  OPERATION_TYPES,
  PRIORITIES,
  WHOLE_ORDER,
  type Operation,
  type OperationRequest,
  type OperationType,
  type Priority,
} from './operation.js';
export { leftOf, refundableOf, type Captured, type Hold, type Order } from './hold.js';
export { applyBatch } from './apply-batch.js';
export { neededBy } from './needed-by.js';
export type { Books, Changes } from './books.js';
export type { Line, Outcome, Side } from './outcome.js';
export { isRejectionReason, REJECTIONS, type RejectionReason } from './rejection.js';
