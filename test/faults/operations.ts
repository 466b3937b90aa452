import type { OperationRequest } from '@saldo/ledger';
import { capture, deposit, refund, release, reserve, transfer, withdraw } from '../support/operations.js';
import type { Random } from './random.js';

const OWN_USERS = 6;
const SHARED_USERS = 4;
const SERVICES = ['cleaning', 'delivery', 'repair'];
/** Among these a client takes its orders' next steps, so that some of them are refused. */
const OPEN_ORDERS_MAX = 8;

interface OpenOrder {
  readonly user: string;
  readonly orderId: string;
  readonly service: string;
}

/** Makes up what one client sends: all types of operations, on users of its own and on some that everybody uses. */
export class OperationMix {
  readonly #random: Random;
  readonly #client: string;
  #orders: OpenOrder[] = [];
  #orderCount = 0;

  constructor(client: string, random: Random) {
    this.#client = client;
    this.#random = random;
  }

  /** The next operation, described by `tag`. */
  next(tag: string): OperationRequest {
    const random = this.#random;
    const user = this.#user();
    const order = this.#orders.length > 0 ? random.pick(this.#orders) : this.#openOrder(user);
    const amount = `${random.between(1, 50)}.${random.between(10, 99)}`;
    switch (random.between(0, 9)) {
      case 0:
      case 1:
      case 2:
        return deposit(user, amount, this.#more(tag, user));
      case 3:
        return withdraw(user, amount, this.#more(tag, user));
      case 4:
      case 5:
        return transfer(user, this.#otherThan(user), amount, this.#more(tag, user));
      case 6: {
        const { orderId, service } = this.#openOrder(user);
        return reserve(user, orderId, amount, { service_id: service, ...this.#more(tag, user) });
      }
      case 7:
        return capture(order.user, order.orderId, {
          service_id: order.service,
          amount,
          ...this.#more(tag, order.user),
        });
      case 8:
        return release(order.user, order.orderId, { service_id: order.service, ...this.#more(tag, order.user) });
      default:
        return refund(order.user, order.orderId, order.service, this.#more(tag, order.user));
    }
  }

  #openOrder(user: string): OpenOrder {
    this.#orderCount += 1;
    const orderId = `${this.#client}-order-${this.#orderCount}`;
    const order = { user, orderId, service: this.#random.pick(SERVICES) };
    this.#orders = [order, ...this.#orders].slice(0, OPEN_ORDERS_MAX);
    return order;
  }

  #user(): string {
    const random = this.#random;
    return random.chance(0.25)
      ? `shared-${random.between(1, SHARED_USERS)}`
      : `${this.#client}-${random.between(1, OWN_USERS)}`;
  }

  #otherThan(user: string): string {
    for (;;) {
      const other = this.#user();
      if (other !== user) return other;
    }
  }

  /** Priorities only on shared users: nobody may rely on the order of operations of different priorities. */
  #more(tag: string, user: string): Partial<OperationRequest> {
    if (!user.startsWith('shared-')) return { description: tag };
    return { description: tag, priority: this.#random.pick(['high', 'normal', 'low'] as const) };
  }
}
