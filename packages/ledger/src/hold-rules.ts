import { availableKey, reservedKey, revenueKey } from './account.js';
import type { WorkingBooks } from './books.js';
import { leftOf, refundableOf, type Hold } from './hold.js';
import { refuseTaking } from './money-rules.js';
import { WHOLE_ORDER, type Capture, type Refund, type Release, type Reserve } from './operation.js';
import type { Outcome } from './outcome.js';
import { exceedsBalanceLimit, moveMoney, moveWithinLimit, rejected } from './posting.js';
import type { RejectionReason } from './rejection.js';

/**
 * Sets money aside. An order and service are reserved once for good, also after the money was
 * released or captured: a late copy of the request must not lock money again.
 */
export function applyReserve(books: WorkingBooks, reserve: Reserve): Outcome {
  const order = books.order(reserve.orderId);
  if (order !== undefined && order.userId !== reserve.userId) return rejected('hold_mismatch');
  if (order?.holds.has(reserve.serviceId)) return rejected('hold_exists');
  const payer = availableKey(reserve.userId, reserve.wallet);
  const refusal = refuseTaking(books, payer, reserve.amountUnits);
  if (refusal) return rejected(refusal);
  const outcome = moveWithinLimit(
    books, payer, reservedKey(reserve.userId, reserve.wallet), reserve.amountUnits, reserve.serviceId);
  if (outcome.status === 'completed') {
    books.putHold(reserve.userId, {
      orderId: reserve.orderId, serviceId: reserve.serviceId, wallet: reserve.wallet,
      reservedUnits: reserve.amountUnits, releasedUnits: 0n, capturedUnits: 0n, captures: new Map(),
    });
  }
  return outcome;
}

/** Recognises revenue: every line or none. A line takes from the service's hold, else from the order's own. */
export function applyCapture(books: WorkingBooks, capture: Capture): Outcome {
  const takings = planCapture(books, capture);
  if (typeof takings === 'string') return rejected(takings);
  const lines = takings.map(({ serviceId, holdServiceId, amountUnits }) => {
    const hold = holdOf(books, capture, holdServiceId);
    if (typeof hold === 'string') throw new Error(`hold ${capture.orderId}/${holdServiceId} vanished`);
    const before = hold.captures.get(serviceId) ?? { capturedUnits: 0n, refundedUnits: 0n };
    books.putHold(capture.userId, {
      ...hold,
      capturedUnits: hold.capturedUnits + amountUnits,
      captures: new Map(hold.captures).set(serviceId, {
        ...before, capturedUnits: before.capturedUnits + amountUnits,
      }),
    });
    return moveMoney(books, reservedKey(capture.userId, hold.wallet), revenueKey(serviceId), amountUnits, serviceId);
  });
  return { status: 'completed', lines };
}

/** Gives back what is still held. */
export function applyRelease(books: WorkingBooks, release: Release): Outcome {
  const hold = holdOf(books, release, release.serviceId);
  if (typeof hold === 'string') return rejected(hold);
  const amountUnits = release.amountUnits ?? leftOf(hold);
  if (amountUnits === 0n || amountUnits > leftOf(hold)) return rejected('amount_exceeds_hold');
  const outcome = moveWithinLimit(
    books, reservedKey(release.userId, hold.wallet), availableKey(release.userId, hold.wallet), amountUnits, release.serviceId);
  if (outcome.status === 'completed') {
    books.putHold(release.userId, { ...hold, releasedUnits: hold.releasedUnits + amountUnits });
  }
  return outcome;
}

/** Gives captured money back to the wallet that it was reserved from. */
export function applyRefund(books: WorkingBooks, refund: Refund): Outcome {
  const hold = refundableHoldOf(books, refund);
  if (typeof hold === 'string') return rejected(hold);
  const refundable = refundableOf(hold, refund.serviceId);
  const amountUnits = refund.amountUnits ?? refundable;
  const captured = hold.captures.get(refund.serviceId);
  if (captured === undefined || amountUnits === 0n || amountUnits > refundable) return rejected('amount_exceeds_captured');
  const outcome = moveWithinLimit(
    books, revenueKey(refund.serviceId), availableKey(refund.userId, hold.wallet), amountUnits, refund.serviceId);
  if (outcome.status === 'completed') {
    books.putHold(refund.userId, {
      ...hold,
      captures: new Map(hold.captures).set(refund.serviceId, {
        ...captured, refundedUnits: captured.refundedUnits + amountUnits,
      }),
    });
  }
  return outcome;
}

interface Taking {
  readonly serviceId: string;
  readonly holdServiceId: string;
  readonly amountUnits: bigint;
}

/** What each line takes from which hold, or why the capture can't be. Nothing is changed yet. */
function planCapture(books: WorkingBooks, capture: Capture): Taking[] | RejectionReason {
  const takings: Taking[] = [];
  const takenUnits = new Map<string, bigint>();
  for (const line of capture.lines) {
    const hold = holdForService(books, capture, line.serviceId);
    if (typeof hold === 'string') return hold;
    const left = leftOf(hold) - (takenUnits.get(hold.serviceId) ?? 0n);
    const amountUnits = line.amountUnits ?? left;
    if (amountUnits === 0n || amountUnits > left) return 'amount_exceeds_hold';
    takenUnits.set(hold.serviceId, (takenUnits.get(hold.serviceId) ?? 0n) + amountUnits);
    takings.push({ serviceId: line.serviceId, holdServiceId: hold.serviceId, amountUnits });
  }
  const totalUnits = takings.reduce((sum, taking) => sum + taking.amountUnits, 0n);
  for (const { serviceId, holdServiceId } of takings) {
    const hold = holdOf(books, capture, holdServiceId);
    if (typeof hold === 'string') return hold;
    // The whole sum against each service's revenue: stricter than need be only where it can't matter.
    if (exceedsBalanceLimit(books, reservedKey(capture.userId, hold.wallet), revenueKey(serviceId), totalUnits)) {
      return 'balance_limit_exceeded';
    }
  }
  return takings;
}

/** The hold reserved with exactly this service, or with none where `serviceId` is {@link WHOLE_ORDER}. */
function holdOf(books: WorkingBooks, { orderId, userId }: { orderId: string; userId: string }, serviceId: string): Hold | RejectionReason {
  const order = books.order(orderId);
  if (order === undefined) return 'hold_not_found';
  if (order.userId !== userId) return 'hold_mismatch';
  return order.holds.get(serviceId) ?? 'hold_not_found';
}

/** The hold that a service is captured from: its own, else the whole order's. */
function holdForService(books: WorkingBooks, of: { orderId: string; userId: string }, serviceId: string): Hold | RejectionReason {
  const own = holdOf(books, of, serviceId);
  return own === 'hold_not_found' ? holdOf(books, of, WHOLE_ORDER) : own;
}

/** The hold out of which the service was captured and can still be refunded, else where it would have been. */
function refundableHoldOf(books: WorkingBooks, refund: Refund): Hold | RejectionReason {
  const own = holdOf(books, refund, refund.serviceId);
  const whole = holdOf(books, refund, WHOLE_ORDER);
  if (typeof own !== 'string' && refundableOf(own, refund.serviceId) > 0n) return own;
  return typeof whole === 'string' ? own : whole;
}
