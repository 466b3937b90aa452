import type { HistoryEntry } from '@saldo/store';

/** Where the money came from or why it went, for an operation whose sender gave no description. */
export function describe({ type, direction, counterparty, orderId, serviceId }: HistoryEntry): string {
  const order = `order ${orderId ?? ''}`;
  const service = serviceId === null ? '' : `, service ${serviceId}`;
  switch (type) {
    case 'deposit':
      return 'Deposit from outside';
    case 'withdraw':
      return 'Withdrawal';
    case 'transfer': {
      const wallet = counterparty.wallet === 'main' ? '' : ` (wallet ${counterparty.wallet})`;
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
