import type { OperationRequest } from '@saldo/ledger';

let made = 0;

/** An id that no other test has: `user-7`. */
export function fresh(kind: string): string {
  made += 1;
  return `${kind}-${made}`;
}

type More = Partial<OperationRequest>;

export function deposit(user_id: string, amount: string, more: More = {}): OperationRequest {
  return { type: 'deposit', user_id, amount, ...more };
}

export function withdraw(user_id: string, amount: string, more: More = {}): OperationRequest {
  return { type: 'withdraw', user_id, amount, ...more };
}

export function transfer(from_user_id: string, to_user_id: string, amount: string, more: More = {}): OperationRequest {
  return { type: 'transfer', from_user_id, to_user_id, amount, ...more };
}

export function reserve(user_id: string, order_id: string, amount: string, more: More = {}): OperationRequest {
  return { type: 'reserve', user_id, order_id, amount, ...more };
}

export function capture(user_id: string, order_id: string, more: More): OperationRequest {
  return { type: 'capture', user_id, order_id, ...more };
}

export function release(user_id: string, order_id: string, more: More = {}): OperationRequest {
  return { type: 'release', user_id, order_id, ...more };
}

export function refund(user_id: string, order_id: string, service_id: string, more: More = {}): OperationRequest {
  return { type: 'refund', user_id, order_id, service_id, ...more };
}
