import type { OperationRequest } from '@saldo/ledger';
import type { Random } from './random.js';
import { drawPairs, uniform, type Mix, type Spread } from './shapes.js';

export interface BatchOptions {
  readonly spread: Spread;
  readonly mix: Mix;
  readonly accounts: number;
  readonly batchSize: number;
  readonly random: Random;
}

/** The bodies of HTTP batches, made beforehand, sent round and round. */
export class BatchRing {
  readonly #templates: readonly string[];
  readonly #first: string;
  readonly #firstCount: number;
  readonly #batchSize: number;
  readonly #name: string;
  #sent = 0;

  /** `name` is in no other ring of the same database: orders are named after it. */
  constructor(name: string, size: number, options: BatchOptions) {
    this.#name = name;
    this.#batchSize = options.batchSize;
    const batches = options.mix === 'transfers' ? transferBatches(size, options) : mixedBatches(size, options);
    this.#templates = batches.map(bodyOf);
    // Nothing has been reserved before the first, so it captures nothing.
    const first = (batches[0] ?? []).filter(({ type }) => type !== 'capture');
    this.#first = bodyOf(first);
    this.#firstCount = first.length;
  }

  /** The next body and how many operations it has. Must not be sent before the one before was accepted. */
  next(): { readonly body: string; readonly count: number } {
    const number = this.#sent;
    this.#sent += 1;
    const template = number === 0 ? this.#first : (this.#templates[number % this.#templates.length] ?? '');
    return { body: this.#named(template, number), count: number === 0 ? this.#firstCount : this.#batchSize };
  }

  /** Every batch has orders of its own; what it captures was reserved by the one before. */
  #named(template: string, number: number): string {
    if (!template.includes(THIS_BATCH)) return template;
    return template
      .replaceAll(THIS_BATCH, `${this.#name}.${number}`)
      .replaceAll(BATCH_BEFORE, `${this.#name}.${number - 1}`);
  }
}

/** These stand for batches in the names of orders. No other text of a body has them. */
const THIS_BATCH = '~';
const BATCH_BEFORE = '^';

function bodyOf(operations: readonly OperationRequest[]): string {
  return JSON.stringify({ operations });
}

function transferBatches(size: number, { spread, accounts, batchSize, random }: BatchOptions): OperationRequest[][] {
  const draw = drawPairs(spread, accounts, random);
  return Array.from({ length: size }, () => Array.from({ length: batchSize }, () => transferOf(draw(), random)));
}

function transferOf([payer, payee]: readonly [number, number], random: Random): OperationRequest {
  return { type: 'transfer', from_user_id: String(payer), to_user_id: String(payee), amount: amountOf(random) };
}

/** 40 % transfer, 20 % deposit, 15 % reserve, 15 % capture, 10 % withdraw. */
const SHARES = { transfer: 0.4, deposit: 0.2, reserve: 0.15, withdraw: 0.1 } as const;
const SERVICES = 20;

/**
 * An ordinary day. The holds that a batch captures are those that the batch before reserved, so that every capture
 * finds one, and reads it from Postgres.
 */
function mixedBatches(size: number, { spread, accounts, batchSize, random }: BatchOptions): OperationRequest[][] {
  const draw = uniform(accounts, random);
  const drawPair = drawPairs(spread, accounts, random);
  const count = (share: number): number => Math.round(share * batchSize);
  const payers = Array.from({ length: size }, () => Array.from({ length: count(SHARES.reserve) }, draw));
  return payers.map((reserving, index) => {
    const capturing = payers.at(index - 1) ?? [];
    const operations: OperationRequest[] = [
      ...reserving.map((user, order) => reserveOf(user, `${THIS_BATCH}.${order}`, random)),
      ...capturing.map((user, order) => captureOf(user, `${BATCH_BEFORE}.${order}`, random)),
      ...Array.from({ length: count(SHARES.deposit) }, () => ofUser('deposit', draw(), random)),
      ...Array.from({ length: count(SHARES.withdraw) }, () => ofUser('withdraw', draw(), random)),
    ];
    while (operations.length < batchSize) operations.push(transferOf(drawPair(), random));
    return shuffled(operations, random);
  });
}

function ofUser(type: 'deposit' | 'withdraw', user: number, random: Random): OperationRequest {
  return { type, user_id: String(user), amount: amountOf(random) };
}

function reserveOf(user: number, orderId: string, random: Random): OperationRequest {
  return { type: 'reserve', user_id: String(user), order_id: orderId, amount: amountOf(random) };
}

function captureOf(user: number, orderId: string, random: Random): OperationRequest {
  return { type: 'capture', user_id: String(user), order_id: orderId, service_id: String(uniform(SERVICES, random)()) };
}

/** 0.01 to 9.99: small beside what every account has, so that none runs dry and nothing is refused. */
export function amountOf(random: Random): string {
  return ((1 + Math.floor(random() * 999)) / 100).toFixed(2);
}

/** Fisher and Yates. */
function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  const shuffling = [...items];
  for (let last = shuffling.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    const [a, b] = [shuffling[last], shuffling[other]];
    if (a !== undefined && b !== undefined) [shuffling[last], shuffling[other]] = [b, a];
  }
  return shuffling;
}
