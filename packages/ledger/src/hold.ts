/** Money of one order, set aside from one wallet. All amounts are units of 1/10,000. */
export interface Hold {
  readonly orderId: string;
  /** The service it was reserved with; empty for the order's own hold. */
  readonly serviceId: string;
  readonly wallet: string;
  readonly reservedUnits: bigint;
  readonly releasedUnits: bigint;
  readonly capturedUnits: bigint;
  /** What was captured out of this hold, by service. */
  readonly captures: ReadonlyMap<string, Captured>;
}

/** What one service took from a hold, and how much of that went back. */
export interface Captured {
  readonly capturedUnits: bigint;
  readonly refundedUnits: bigint;
}

/** An order belongs to the user who first reserved for it. Its holds are keyed by service id. */
export interface Order {
  readonly orderId: string;
  readonly userId: string;
  readonly holds: ReadonlyMap<string, Hold>;
}

/** What can still be captured or released, in units. */
export function leftOf(hold: Hold): bigint {
  return hold.reservedUnits - hold.releasedUnits - hold.capturedUnits;
}

/** What can still be refunded for a service, in units. */
export function refundableOf(hold: Hold, serviceId: string): bigint {
  const captured = hold.captures.get(serviceId);
  return captured === undefined ? 0n : captured.capturedUnits - captured.refundedUnits;
}
