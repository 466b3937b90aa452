import { MAIN_WALLET, type AccountParts } from './account.js';
import type { OperationType } from './operation.js';

/** One side of a movement, as whoever owns the account sees it. */
export interface Movement {
  readonly type: OperationType;
  readonly direction: 'debit' | 'credit';
  /** The account on the other side. */
  readonly counterparty: AccountParts;
  readonly orderId: string | null;
  readonly serviceId: string | null;
}

/** Where the money came from or why it went, for an operation whose sender gave no description. */
export function describeMovement({ type, direction, counterparty, orderId, serviceId }: Movement): string {
  const order = `order ${orderId ?? ''}`;
  const service = serviceId === null ? '' : `, service ${serviceId}`;
  switch (type) {
    case 'deposit':
      return 'Deposit from outside';
    case 'withdraw':
      return 'Withdrawal';
    case 'transfer': {
      const wallet = counterparty.wallet === MAIN_WALLET ? '' : ` (wallet ${counterparty.wallet})`;
      return direction === 'debit'
        ? `Transfer to user ${counterparty.owner}${wallet}`
        : `Transfer from user ${counterparty.owner}${wallet}`;
    }
    case 'reserve':
      return `Reserved for ${order}${service}`;
    case 'capture':
      return `Paid for ${order}${service}`;
    case 'release':
      return `Released from ${order}${service}`;
    case 'refund':
      return `Refunded for ${order}${service}`;
    default:
      return type satisfies never;
  }
}
