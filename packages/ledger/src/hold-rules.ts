import { availableKey, reservedKey, revenueKey } from './account.js';
import type { WorkingBooks } from './books.js';
import { leftOf, refundableOf, type Captured, type Hold } from './hold.js';
import { refuseTaking } from './money-rules.js';
import { WHOLE_ORDER, type Capture, type Refund, type Release, type Reserve } from './operation.js';
import type { Outcome } from './outcome.js';
import { exceedsUpperLimit, moveMoney, moveWithinLimit, rejected } from './posting.js';
import type { RejectionReason } from './rejection.js';

const NOTHING_CAPTURED: Captured = { capturedUnits: 0n, refundedUnits: 0n };

/**
 * Sets money aside: available to reserved. An order and service are reserved once for good, also after the money was
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
    books,
    payer,
    reservedKey(reserve.userId, reserve.wallet),
    reserve.amountUnits,
    reserve.serviceId,
  );
  if (outcome.status === 'completed') {
    books.putHold(reserve.userId, {
      orderId: reserve.orderId,
      serviceId: reserve.serviceId,
      wallet: reserve.wallet,
      reservedUnits: reserve.amountUnits,
      releasedUnits: 0n,
      capturedUnits: 0n,
      captures: new Map(),
    });
  }
  return outcome;
}

/**
 * Recognises revenue, reserved to revenue: every line or none. A line takes from the service's own hold, also where
 * too little is left of it, else from the order's.
 */
export function applyCapture(books: WorkingBooks, capture: Capture): Outcome {
  const takings = planCapture(books, capture);
  if (typeof takings === 'string') return rejected(takings);
  for (const hold of new Set(takings.map((taking) => taking.hold))) {
    books.putHold(capture.userId, holdAfter(hold, takings));
  }
  const lines = takings.map(({ serviceId, hold, amountUnits }) =>
    moveMoney(books, reservedKey(capture.userId, hold.wallet), revenueKey(serviceId), amountUnits, serviceId),
  );
  return { status: 'completed', lines };
}

/** Gives back what is still held: reserved to available. */
export function applyRelease(books: WorkingBooks, release: Release): Outcome {
  const hold = holdOf(books, release, release.serviceId);
  if (typeof hold === 'string') return rejected(hold);
  const amountUnits = release.amountUnits ?? leftOf(hold);
  if (amountUnits === 0n || amountUnits > leftOf(hold)) return rejected('amount_exceeds_hold');
  const outcome = moveWithinLimit(
    books,
    reservedKey(release.userId, hold.wallet),
    availableKey(release.userId, hold.wallet),
    amountUnits,
    release.serviceId,
  );
  if (outcome.status === 'completed') {
    books.putHold(release.userId, { ...hold, releasedUnits: hold.releasedUnits + amountUnits });
  }
  return outcome;
}

/** Gives captured money back to the wallet that it was reserved from: revenue to available. */
export function applyRefund(books: WorkingBooks, refund: Refund): Outcome {
  const hold = refundableHoldOf(books, refund);
  if (typeof hold === 'string') return rejected(hold);
  const amountUnits = refund.amountUnits ?? refundableOf(hold, refund.serviceId);
  const outcome = moveWithinLimit(
    books,
    revenueKey(refund.serviceId),
    availableKey(refund.userId, hold.wallet),
    amountUnits,
    refund.serviceId,
  );
  if (outcome.status === 'completed') {
    const before = hold.captures.get(refund.serviceId) ?? NOTHING_CAPTURED;
    books.putHold(refund.userId, {
      ...hold,
      captures: new Map(hold.captures).set(refund.serviceId, {
        ...before,
        refundedUnits: before.refundedUnits + amountUnits,
      }),
    });
  }
  return outcome;
}

/** What one line of a capture takes from which hold, as this was before the capture. */
interface Taking {
  readonly serviceId: string;
  readonly hold: Hold;
  readonly amountUnits: bigint;
}

/**
 * What each line takes, or why the first that can't be taken can't. Nothing is changed yet, so what the
 * lines before took from a hold or brought to a service is counted here.
 */
function planCapture(books: WorkingBooks, capture: Capture): Taking[] | RejectionReason {
  const takings: Taking[] = [];
  const takenUnits = new Map<Hold, bigint>();
  const broughtUnits = new Map<string, bigint>();
  for (const { serviceId, amountUnits: askedUnits } of capture.lines) {
    const hold = holdForService(books, capture, serviceId);
    if (typeof hold === 'string') return hold;
    const taken = takenUnits.get(hold) ?? 0n;
    const brought = broughtUnits.get(serviceId) ?? 0n;
    const left = leftOf(hold) - taken;
    const amountUnits = askedUnits ?? left;
    if (amountUnits === 0n || amountUnits > left) return 'amount_exceeds_hold';
    if (exceedsUpperLimit(books, revenueKey(serviceId), brought + amountUnits)) return 'balance_limit_exceeded';
    takenUnits.set(hold, taken + amountUnits);
    broughtUnits.set(serviceId, brought + amountUnits);
    takings.push({ serviceId, hold, amountUnits });
  }
  return takings;
}

/** The hold with all lines that take from it captured at once: an order may have many services, copied here. */
function holdAfter(hold: Hold, takings: readonly Taking[]): Hold {
  const captures = new Map(hold.captures);
  let capturedUnits = hold.capturedUnits;
  for (const taking of takings) {
    if (taking.hold !== hold) continue;
    const before = captures.get(taking.serviceId) ?? NOTHING_CAPTURED;
    captures.set(taking.serviceId, { ...before, capturedUnits: before.capturedUnits + taking.amountUnits });
    capturedUnits += taking.amountUnits;
  }
  return { ...hold, capturedUnits, captures };
}

/** The hold reserved with exactly this service, or with none where `serviceId` is {@link WHOLE_ORDER}. */
function holdOf(
  books: WorkingBooks,
  { orderId, userId }: { orderId: string; userId: string },
  serviceId: string,
): Hold | RejectionReason {
  const order = books.order(orderId);
  if (order === undefined) return 'hold_not_found';
  if (order.userId !== userId) return 'hold_mismatch';
  return order.holds.get(serviceId) ?? 'hold_not_found';
}

/** The hold that a service is captured from: its own, else the whole order's. */
function holdForService(
  books: WorkingBooks,
  of: { orderId: string; userId: string },
  serviceId: string,
): Hold | RejectionReason {
  const own = holdOf(books, of, serviceId);
  return own === 'hold_not_found' ? holdOf(books, of, WHOLE_ORDER) : own;
}

/**
 * The hold that a refund takes back from. A service may have been captured out of its own hold and, before it
 * had one, out of the order's. It is then the first with enough to refund, not both together: they may be of
 * different wallets, and a refund credits one.
 */
function refundableHoldOf(books: WorkingBooks, refund: Refund): Hold | RejectionReason {
  const own = holdOf(books, refund, refund.serviceId);
  const whole = holdOf(books, refund, WHOLE_ORDER);
  if (typeof own === 'string' && typeof whole === 'string') return own;
  const leastUnits = refund.amountUnits ?? 1n;
  const isEnough = (hold: Hold | RejectionReason): boolean =>
    typeof hold !== 'string' && refundableOf(hold, refund.serviceId) >= leastUnits;
  return [own, whole].find(isEnough) ?? 'amount_exceeds_captured';
}
