import type { OperationType } from '@saldo/ledger';
import type { Transaction } from '@saldo/store';
import { numberMoney, plainMoney } from '../number-money.js';

/** The words of the Avito balance service, as its clients know them. */
export const WORDS = {
  noAccount: "User doesn't have an account yet. Please deposit or transfer money to that user.",
  noMoney: 'User account balance cannot be negative. Transaction failed.',
  samePerson: 'Sender and recipient cannot be the same person.',
  noOrder: 'Specified order does not exist.',
  noCompanyAccount: 'Specified company account does not exist.',
  emptyPage: 'Requested page results not found.',
  nothingRendered: 'No services were rendered in the requested period.',
  wrongState: (state: string) => `This transaction cannot be performed on this order since it is in '${state}' status.`,
} as const;

/** Withdrawals and refunds of payments that service didn't have: those words are ours, in its manner. */
const TYPES: Readonly<Record<OperationType, string>> = {
  deposit: 'deposit',
  withdraw: 'withdrawal',
  transfer: 'funds transfer',
  reserve: 'reserve',
  release: 'reserve refund',
  capture: 'payment to company',
  refund: 'payment refund',
};

/** An order of the catalogue by its number, another one as the ledger knows it. */
function orderNumber(orderId: string | null): string | number {
  const number = /^catalogue:([1-9][0-9]{0,9})$/.exec(orderId ?? '')?.[1];
  return number === undefined ? (orderId ?? '') : Number(number);
}

function userNumber(owner: string): string | number {
  return /^[1-9][0-9]{0,14}$/.test(owner) ? Number(owner) : owner;
}

function sentence(transaction: Transaction): string {
  const { type, debitOwner, creditOwner } = transaction;
  const order = orderNumber(transaction.orderId);
  switch (type) {
    case 'deposit':
      return `was deposited to user ${creditOwner} from external services`;
    case 'withdraw':
      return `was withdrawn from user ${debitOwner} account to external services`;
    case 'transfer':
      return `was transferred from user ${debitOwner} to user ${creditOwner}`;
    case 'reserve':
      return `was reserved on user ${debitOwner} reserve account as per the order ${order}`;
    case 'release':
      return `was refunded to user ${creditOwner} account from his/her reserve account as per the order ${order}`;
    case 'capture':
      return `was paid by user ${debitOwner} to the company account as per the order ${order}`;
    case 'refund':
      return `was refunded to user ${creditOwner} account from the company account as per the order ${order}`;
    default:
      return type satisfies never;
  }
}

/** A transaction as the service told of it: the same in an answer and in the history, where it named less. */
export function transactionJson(transaction: Transaction): Record<string, unknown> {
  const { type, amountUnits, debitOwner, creditOwner, orderId } = transaction;
  const at = inMicroseconds(transaction.appliedAt);
  return {
    description: `Money in the amount of ${plainMoney(amountUnits)}USD ${sentence(transaction)} on ${at.replace('T', ' ')}.`,
    date: at,
    amount: numberMoney(amountUnits),
    type: TYPES[type],
    ...(type === 'deposit' || type === 'transfer' ? { to_user_id: userNumber(creditOwner) } : {}),
    ...(type === 'withdraw' ? { from_user_id: userNumber(debitOwner) } : {}),
    ...(orderId === null ? {} : { order_id: orderNumber(orderId) }),
  };
}

/** `2022-11-17T01:44:28.513439`: UTC without saying so, always six digits. */
function inMicroseconds(rfc3339: string): string {
  const [seconds = '', fraction = ''] = rfc3339.replace('Z', '').split('.');
  return `${seconds}.${fraction.padEnd(6, '0')}`;
}
