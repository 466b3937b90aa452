import type { OperationRequest, OperationType } from '@saldo/ledger';
import type { Random } from '../load/random.js';

export interface TrafficOptions {
  readonly operations: number;
  readonly users: number;
  /** Starts every id, so that two days never meet in one ledger. */
  readonly name: string;
  readonly random: Random;
}

/** Money reserved that a service may still capture. */
interface OpenHold {
  readonly userId: string;
  readonly orderId: string;
  /** Undefined: reserved for the order as a whole. */
  readonly serviceId: string | undefined;
  leftCents: number;
}

/** What was captured and may be given back. */
interface Captured {
  readonly userId: string;
  readonly orderId: string;
  readonly serviceId: string;
}

type Kind = OperationType | 'mistake';

/** Of a hundred operations after everybody's first deposit, about so many. */
const SHARES: readonly (readonly [Kind, number])[] = [
  ['transfer', 40],
  ['deposit', 20],
  ['reserve', 15],
  ['capture', 15],
  ['withdraw', 10],
  ['release', 2],
  ['refund', 2],
  ['mistake', 2],
];

const SERVICES = ['wash', 'delivery', 'parking', 'lunch', 'tickets', 'repair', 'storage', 'lessons', 'print', 'rent'];
const PURPOSES = ['lunch', 'the rent', 'a ticket', 'a birthday', 'the trip', 'groceries', 'petrol'];

/**
 * A plausible day: everybody deposits first; then people pay one another, top up, order and are charged for it, in parts
 * or for several services at once, and take money out. Some ask for what they have not got. The same options give the
 * same day.
 */
export function makeDay(options: TrafficOptions): OperationRequest[] {
  const day = new Day(options);
  const opening = Array.from({ length: Math.min(options.users, options.operations) }, (_, index) =>
    day.firstDeposit(index),
  );
  return [...opening, ...Array.from({ length: options.operations - opening.length }, () => day.next())];
}

class Day {
  readonly #users: readonly string[];
  readonly #name: string;
  readonly #random: Random;
  readonly #open: OpenHold[] = [];
  readonly #captured: Captured[] = [];
  #orders = 0;

  constructor({ users, name, random }: TrafficOptions) {
    this.#users = Array.from({ length: users }, (_, index) => `${name}.${index + 1}`);
    this.#name = name;
    this.#random = random;
  }

  firstDeposit(index: number): OperationRequest {
    return { type: 'deposit', user_id: at(this.#users, index), amount: this.#money(100, 900), description: 'salary' };
  }

  next(): OperationRequest {
    switch (this.#kind()) {
      case 'transfer':
        return this.#transfer();
      case 'deposit':
        return { type: 'deposit', user_id: this.#user(), amount: this.#money(5, 300) };
      case 'withdraw':
        return { type: 'withdraw', user_id: this.#user(), amount: this.#money(5, 150) };
      case 'capture':
        return this.#capture();
      case 'release':
        return this.#release();
      case 'refund':
        return this.#refund();
      case 'mistake':
        return this.#mistake();
      default:
        return this.#reserve();
    }
  }

  #transfer(): OperationRequest {
    const description = this.#random() < 0.5 ? { description: `for ${this.#pick(PURPOSES)}` } : {};
    const from = this.#user();
    const others = this.#users.length > 1 ? this.#users.filter((user) => user !== from) : this.#users;
    return {
      type: 'transfer',
      from_user_id: from,
      to_user_id: this.#pick(others),
      amount: this.#money(1, 80),
      ...description,
    };
  }

  #reserve(): OperationRequest {
    const cents = this.#cents(5, 120);
    const serviceId = this.#random() < 0.4 ? this.#pick(SERVICES) : undefined;
    const hold: OpenHold = {
      userId: this.#user(),
      orderId: `${this.#name}.order-${++this.#orders}`,
      serviceId,
      leftCents: cents,
    };
    this.#open.push(hold);
    return {
      type: 'reserve',
      user_id: hold.userId,
      order_id: hold.orderId,
      amount: printed(cents),
      ...(serviceId === undefined ? {} : { service_id: serviceId }),
      metadata: { order: this.#orders, source: this.#random() < 0.7 ? 'app' : 'web' },
    };
  }

  /** All that is left, a part of it, or, of an order reserved as a whole, several services at once. */
  #capture(): OperationRequest {
    const hold = this.#pickOpen();
    if (hold === undefined) return this.#reserve();
    const of = { type: 'capture', user_id: hold.userId, order_id: hold.orderId } as const;
    const way = this.#random();
    if (way < 0.25 && hold.serviceId === undefined && hold.leftCents > 100) return { ...of, lines: this.#lines(hold) };
    const serviceId = hold.serviceId ?? this.#pick(SERVICES);
    this.#captured.push({ userId: hold.userId, orderId: hold.orderId, serviceId });
    if (way < 0.5 && hold.leftCents > 100) {
      return { ...of, service_id: serviceId, amount: printed(this.#takePart(hold)) };
    }
    this.#close(hold);
    return { ...of, service_id: serviceId };
  }

  #lines(hold: OpenHold): { service_id: string; amount: string }[] {
    const count = 2 + Math.floor(this.#random() * 3);
    const lines = SERVICES.slice(0, count).map((serviceId) => ({
      service_id: serviceId,
      amount: printed(this.#takePart(hold)),
    }));
    for (const line of lines) {
      this.#captured.push({ userId: hold.userId, orderId: hold.orderId, serviceId: line.service_id });
    }
    return lines;
  }

  #release(): OperationRequest {
    const hold = this.#pickOpen();
    if (hold === undefined) return this.#reserve();
    this.#close(hold);
    const service = hold.serviceId === undefined ? {} : { service_id: hold.serviceId };
    return { type: 'release', user_id: hold.userId, order_id: hold.orderId, ...service };
  }

  #refund(): OperationRequest {
    const captured = this.#captured[Math.floor(this.#random() * this.#captured.length)];
    if (captured === undefined) return this.#reserve();
    const { userId, orderId, serviceId } = captured;
    return { type: 'refund', user_id: userId, order_id: orderId, service_id: serviceId };
  }

  /** What is accepted, since it is well-formed, and refused when it is applied. */
  #mistake(): OperationRequest {
    const user = this.#user();
    const order = `${this.#name}.order-unknown`;
    switch (Math.floor(this.#random() * 4)) {
      case 0:
        return { type: 'withdraw', user_id: user, amount: '1000000.00' };
      case 1:
        return { type: 'transfer', from_user_id: user, to_user_id: user, amount: '1.00' };
      case 2:
        return { type: 'capture', user_id: user, order_id: order, service_id: 'wash' };
      default:
        return { type: 'withdraw', user_id: `${this.#name}.nobody`, amount: '1.00' };
    }
  }

  #kind(): Kind {
    let left = this.#random() * SHARES.reduce((sum, [, share]) => sum + share, 0);
    return SHARES.find(([, share]) => (left -= share) < 0)?.[0] ?? 'deposit';
  }

  #user(): string {
    return this.#pick(this.#users);
  }

  #pick<T>(list: readonly T[]): T {
    return at(list, Math.floor(this.#random() * list.length));
  }

  #pickOpen(): OpenHold | undefined {
    return this.#open[Math.floor(this.#random() * this.#open.length)];
  }

  #close(hold: OpenHold): void {
    this.#open.splice(this.#open.indexOf(hold), 1);
  }

  /** Up to a quarter of what is left of a hold, in cents. */
  #takePart(hold: OpenHold): number {
    const cents = Math.max(1, Math.floor(this.#random() * 0.25 * hold.leftCents));
    hold.leftCents -= cents;
    return cents;
  }

  #cents(from: number, to: number): number {
    return Math.round((from + this.#random() * (to - from)) * 100);
  }

  #money(from: number, to: number): string {
    return printed(this.#cents(from, to));
  }
}

function printed(cents: number): string {
  return `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
}

function at<T>(list: readonly T[], index: number): T {
  const found = list[index];
  if (found === undefined) throw new Error(`no element ${index}`);
  return found;
}
