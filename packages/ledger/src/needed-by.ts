import { availableKey, EXTERNAL_KEY, reservedKey, revenueKey, type AccountKey } from './account.js';
import type { Operation } from './operation.js';

/** What has to be read and locked before a batch can be applied. */
export interface Needed {
  /** Accounts that the operations name themselves. */
  readonly accounts: ReadonlySet<AccountKey>;
  /**
   * Those of them that are made if they don't exist yet: money may enter them, or they are a system
   * account, which may go below zero. If the operation is then refused they stay at sequence 0.
   */
  readonly created: ReadonlySet<AccountKey>;
  /**
   * Orders whose holds are read. A hold says which wallet it came from, so the accounts of an
   * order's user, {@link availableKey} and {@link reservedKey} of each hold's wallet, are needed too.
   */
  readonly orders: ReadonlySet<string>;
}

/** What the operations need of the books. Restricted to that, the books give the same outcomes as in full. */
export function neededBy(operations: readonly Operation[]): Needed {
  const accounts = new Set<AccountKey>();
  const created = new Set<AccountKey>();
  const orders = new Set<string>();
  const debited = (key: AccountKey): void => void accounts.add(key);
  const credited = (key: AccountKey): void => {
    accounts.add(key);
    created.add(key);
  };
  for (const operation of operations) {
    switch (operation.type) {
      case 'deposit':
        credited(EXTERNAL_KEY);
        credited(availableKey(operation.userId, operation.wallet));
        break;
      case 'withdraw':
        debited(availableKey(operation.userId, operation.wallet));
        credited(EXTERNAL_KEY);
        break;
      case 'transfer':
        debited(availableKey(operation.fromUserId, operation.fromWallet));
        credited(availableKey(operation.toUserId, operation.toWallet));
        break;
      case 'reserve':
        debited(availableKey(operation.userId, operation.wallet));
        credited(reservedKey(operation.userId, operation.wallet));
        orders.add(operation.orderId);
        break;
      case 'capture':
        for (const line of operation.lines) credited(revenueKey(line.serviceId));
        orders.add(operation.orderId);
        break;
      case 'release':
        orders.add(operation.orderId);
        break;
      case 'refund':
        credited(revenueKey(operation.serviceId));
        orders.add(operation.orderId);
        break;
      default:
        throw new Error(`unknown operation ${String(operation satisfies never)}`);
    }
  }
  return { accounts, created, orders };
}
