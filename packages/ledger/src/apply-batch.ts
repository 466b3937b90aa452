import { WorkingBooks, type Books, type Changes } from './books.js';
import { applyCapture, applyRefund, applyRelease, applyReserve } from './hold-rules.js';
import { applyDeposit, applyTransfer, applyWithdraw } from './money-rules.js';
import type { Operation } from './operation.js';
import type { Outcome } from './outcome.js';

/**
 * Applies operations one after another to the books. Pure: the books given are not changed;
 * the outcomes come in the order of the operations, and `changes` is what has to be written.
 * A batch gives, field by field, what its operations give one by one.
 */
export function applyBatch(books: Books, operations: readonly Operation[]): { outcomes: Outcome[]; changes: Changes } {
  const working = new WorkingBooks(books);
  const outcomes = operations.map((operation) => applyOperation(working, operation));
  return { outcomes, changes: working.changes() };
}

function applyOperation(books: WorkingBooks, operation: Operation): Outcome {
  switch (operation.type) {
    case 'deposit':
      return applyDeposit(books, operation.userId, operation.wallet, operation.amountUnits);
    case 'withdraw':
      return applyWithdraw(books, operation.userId, operation.wallet, operation.amountUnits);
    case 'transfer':
      return applyTransfer(books, operation);
    case 'reserve':
      return applyReserve(books, operation);
    case 'capture':
      return applyCapture(books, operation);
    case 'release':
      return applyRelease(books, operation);
    case 'refund':
      return applyRefund(books, operation);
    default:
      throw new Error(`unknown operation ${String(operation satisfies never)}`);
  }
}
