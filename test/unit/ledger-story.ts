import {
  accountName,
  accountParts,
  formatMoney,
  toOperation,
  type AccountKey,
  type Books,
  type OperationRequest,
  type Outcome,
} from '@saldo/ledger';
import { EMPTY_BOOKS, stepsOf } from '../property/ledger-books.js';

/** A ledger that tests tell a story to: one request after another, in the words of the API. */
export class LedgerStory {
  #books: Books;

  constructor(opening: Books = EMPTY_BOOKS) {
    this.#books = opening;
  }

  /** Applies the request and answers what the caller sees: where the money went, or why it did not. */
  apply(request: OperationRequest): string[] | string {
    return told(this.outcomeOf(request));
  }

  outcomeOf(request: OperationRequest): Outcome {
    const [step] = stepsOf(this.#books, [toOperation(request)]);
    if (step === undefined) throw new Error('one request is one step');
    this.#books = step.after;
    return step.outcome;
  }

  /** What must succeed for the story to go on. */
  given(...requests: readonly OperationRequest[]): this {
    for (const request of requests) {
      const outcome = this.outcomeOf(request);
      if (outcome.status === 'rejected') throw new Error(`${request.type} was refused: ${outcome.reason}`);
    }
    return this;
  }

  /** The balances of all accounts that ever had an operation, by the names that the API gives them. */
  balances(): Record<string, string> {
    const accounts = [...this.#books.accounts.values()].filter((account) => account.sequence > 0n);
    return Object.fromEntries(accounts.map(({ key, balanceUnits }) => [nameOf(key), formatMoney(balanceUnits)]));
  }

  balance(account: string): string | undefined {
    return this.balances()[account];
  }
}

/** `10.00 from external to user:42:main:available`, a line each; or the reason of the refusal. */
function told(outcome: Outcome): string[] | string {
  if (outcome.status === 'rejected') return outcome.reason;
  return outcome.lines.map(
    ({ amountUnits, debit, credit }) =>
      `${formatMoney(amountUnits)} from ${nameOf(debit.account)} to ${nameOf(credit.account)}`,
  );
}

function nameOf(key: AccountKey): string {
  return accountName(accountParts(key));
}
