import { accountParts, isSystemKind, type Outcome, type Side } from '@saldo/ledger';
import type { Ended, Entry } from './read-jobs.js';

/** How a job ended, from what the ledger says of its operation and when it was applied (RFC 3339, UTC). */
export function endedAs(outcome: Outcome, finishedAt: string): Ended {
  if (outcome.status === 'rejected') return { status: 'rejected', finishedAt, reason: outcome.reason };
  const entries = outcome.lines.flatMap(({ debit, credit, amountUnits }): Entry[] => [
    { ...ownedSide(debit), direction: 'debit', amountUnits },
    { ...ownedSide(credit), direction: 'credit', amountUnits },
  ]);
  return { status: 'completed', finishedAt, entries };
}

/** An account with its balance and sequence after a movement, as they are written: null for a system account. */
export function ownedSide({
  account: key,
  balanceUnits,
  sequence,
}: Side): Pick<Entry, 'account' | 'balanceUnits' | 'sequence'> {
  const account = accountParts(key);
  return isSystemKind(account.kind)
    ? { account, balanceUnits: null, sequence: null }
    : { account, balanceUnits, sequence };
}
