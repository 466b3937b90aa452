import { MAIN_WALLET } from './account.js';
import { AMOUNT_UNITS_MAX, parseMoney } from './money.js';

export const OPERATION_TYPES = ['deposit', 'withdraw', 'transfer', 'reserve', 'capture', 'release', 'refund'] as const;
export type OperationType = (typeof OPERATION_TYPES)[number];

/** A higher priority overtakes what is still queued; the order is that of applying. */
export const PRIORITIES = ['high', 'normal', 'low'] as const;
export type Priority = (typeof PRIORITIES)[number];

/** The name under which a hold for a whole order is kept: no service has an empty id. */
export const WHOLE_ORDER = '';

/** One operation as the ledger applies it. Amounts are units of 1/10,000, greater than 0. */
export type Operation =
  | {
      readonly type: 'deposit' | 'withdraw';
      readonly userId: string;
      readonly wallet: string;
      readonly amountUnits: bigint;
    }
  | Transfer
  | Reserve
  | Capture
  | Release
  | Refund;

export interface Transfer {
  readonly type: 'transfer';
  readonly fromUserId: string;
  readonly fromWallet: string;
  readonly toUserId: string;
  readonly toWallet: string;
  readonly amountUnits: bigint;
}

export interface Reserve {
  readonly type: 'reserve';
  readonly userId: string;
  readonly wallet: string;
  readonly orderId: string;
  /** {@link WHOLE_ORDER} reserves for the order as a whole. */
  readonly serviceId: string;
  readonly amountUnits: bigint;
}

export interface Capture {
  readonly type: 'capture';
  readonly userId: string;
  readonly orderId: string;
  /** At least one. An amount left out takes all that is left of the hold. */
  readonly lines: readonly { readonly serviceId: string; readonly amountUnits: bigint | undefined }[];
}

export interface Release {
  readonly type: 'release';
  readonly userId: string;
  readonly orderId: string;
  /** The service the hold was reserved with, or {@link WHOLE_ORDER}. */
  readonly serviceId: string;
  /** Left out: all that is left of the hold. */
  readonly amountUnits: bigint | undefined;
}

export interface Refund {
  readonly type: 'refund';
  readonly userId: string;
  readonly orderId: string;
  readonly serviceId: string;
  /** Left out: all that was captured out of one hold, the service's own first, and not yet refunded. */
  readonly amountUnits: bigint | undefined;
}

/** A job's request as callers wrote it and as it is stored: API.md's fields, ids and amounts as strings. */
export interface OperationRequest {
  readonly type: OperationType;
  readonly user_id?: string;
  readonly from_user_id?: string;
  readonly to_user_id?: string;
  readonly amount?: string;
  readonly wallet?: string;
  readonly from_wallet?: string;
  readonly to_wallet?: string;
  readonly order_id?: string;
  readonly service_id?: string;
  readonly lines?: readonly { readonly service_id: string; readonly amount: string }[];
  readonly priority?: Priority;
  readonly description?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** Whose lane the operation takes: its user, or a transfer's payer. */
export function payerOf(request: OperationRequest): string {
  return request.type === 'transfer' ? idOf(request.from_user_id, 'from_user_id') : idOf(request.user_id, 'user_id');
}

/**
 * Reads a stored request. Throws where a field is missing or malformed: requests are validated
 * before they are accepted, so that can only be a defect of ours.
 */
export function toOperation(request: OperationRequest): Operation {
  switch (request.type) {
    case 'deposit':
    case 'withdraw':
      return {
        type: request.type,
        userId: idOf(request.user_id, 'user_id'),
        wallet: idOf(request.wallet ?? MAIN_WALLET, 'wallet'),
        amountUnits: amountOf(request.amount),
      };
    case 'transfer':
      return {
        type: 'transfer',
        fromUserId: idOf(request.from_user_id, 'from_user_id'),
        fromWallet: idOf(request.from_wallet ?? MAIN_WALLET, 'from_wallet'),
        toUserId: idOf(request.to_user_id, 'to_user_id'),
        toWallet: idOf(request.to_wallet ?? MAIN_WALLET, 'to_wallet'),
        amountUnits: amountOf(request.amount),
      };
    case 'reserve':
      return {
        type: 'reserve',
        userId: idOf(request.user_id, 'user_id'),
        wallet: idOf(request.wallet ?? MAIN_WALLET, 'wallet'),
        orderId: idOf(request.order_id, 'order_id'),
        serviceId: heldServiceOf(request),
        amountUnits: amountOf(request.amount),
      };
    case 'capture':
      return {
        type: 'capture',
        userId: idOf(request.user_id, 'user_id'),
        orderId: idOf(request.order_id, 'order_id'),
        lines: linesOf(request),
      };
    case 'release':
      return {
        type: 'release',
        userId: idOf(request.user_id, 'user_id'),
        orderId: idOf(request.order_id, 'order_id'),
        serviceId: heldServiceOf(request),
        amountUnits: optionalAmountOf(request.amount),
      };
    case 'refund':
      return {
        type: 'refund',
        userId: idOf(request.user_id, 'user_id'),
        orderId: idOf(request.order_id, 'order_id'),
        serviceId: idOf(request.service_id, 'service_id'),
        amountUnits: optionalAmountOf(request.amount),
      };
    default:
      throw new Error(`unknown operation type ${String(request.type satisfies never)}`);
  }
}

function heldServiceOf(request: OperationRequest): string {
  return request.service_id === undefined ? WHOLE_ORDER : idOf(request.service_id, 'service_id');
}

function linesOf(request: OperationRequest): Capture['lines'] {
  if (request.lines === undefined) {
    return [{ serviceId: idOf(request.service_id, 'service_id'), amountUnits: optionalAmountOf(request.amount) }];
  }
  if (request.lines.length === 0) throw new Error('operation has no lines');
  return request.lines.map((line) => ({
    serviceId: idOf(line.service_id, 'service_id'),
    amountUnits: amountOf(line.amount),
  }));
}

function required(value: string | undefined, field: string): string {
  if (value === undefined) throw new Error(`operation lacks ${field}`);
  return value;
}

/**
 * Which characters an id may have is the gateway's to check. Here it must only make a key that no
 * other account and no order's own hold has: not empty, and without the separator of the keys.
 */
function idOf(value: string | undefined, field: string): string {
  const id = required(value, field);
  if (id === '' || id.includes('/')) throw new Error(`operation has a malformed ${field}`);
  return id;
}

function optionalAmountOf(text: string | undefined): bigint | undefined {
  return text === undefined ? undefined : amountOf(text);
}

function amountOf(text: string | undefined): bigint {
  const units = parseMoney(required(text, 'amount'));
  if (units === undefined || units <= 0n || units > AMOUNT_UNITS_MAX) {
    throw new Error('operation has a malformed amount');
  }
  return units;
}
