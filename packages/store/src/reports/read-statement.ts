import type { AccountKind, Movement, OperationType } from '@saldo/ledger';
import { rfc3339 } from '../database.js';
import { statement, statementQuery } from '../statement.js';
import type { Snapshot } from './snapshot.js';

/** Of whom and of when: from (inclusive) to (exclusive), in RFC 3339. */
export interface StatementScope {
  readonly user: string;
  readonly from: string;
  readonly to: string;
}

/** One of the user's accounts at both ends of the time. */
export interface StatementAccount {
  readonly id: bigint;
  readonly wallet: string;
  readonly kind: AccountKind;
  readonly openingUnits: bigint;
  readonly closingUnits: bigint;
  /** How many movements it had between. */
  readonly count: number;
}

/** One movement on one of the user's accounts. */
export interface StatementMovement extends Movement {
  readonly wallet: string;
  readonly kind: AccountKind;
  readonly amountUnits: bigint;
  readonly balanceUnits: bigint;
  readonly sequence: bigint;
  /** What the caller wrote, if anything. */
  readonly description: string | null;
  readonly appliedAt: string;
  readonly jobId: string;
}

interface AccountRow {
  readonly id: bigint;
  readonly wallet: string;
  readonly kind: AccountKind;
  readonly opening: bigint;
  readonly closing: bigint;
  readonly count: bigint;
}

type MovementRow = readonly [
  direction: 'debit' | 'credit',
  wallet: string,
  kind: AccountKind,
  type: OperationType,
  amount: string,
  balance: string,
  sequence: string,
  orderId: string | null,
  serviceId: string | null,
  appliedAt: string,
  jobId: string,
  otherKind: AccountKind,
  otherOwner: string,
  otherWallet: string,
  description: string | null,
];

const accounts = statement<StatementScope, AccountRow>('reports/statement-accounts');
const movements = statementQuery<{ accounts: readonly bigint[]; from: string; to: string }>(
  'reports/statement-movements',
);
const sequences = statement<{ user: string }, { readonly sequences: string }>('reports/user-sequences');

/** The user's accounts that ever had an operation. */
export async function readStatementAccounts(snapshot: Snapshot, scope: StatementScope): Promise<StatementAccount[]> {
  const rows = await accounts(snapshot, scope);
  return rows.map(({ id, wallet, kind, opening, closing, count }) => ({
    id,
    wallet,
    kind,
    openingUnits: opening,
    closingUnits: closing,
    count: Number(count),
  }));
}

/** What moved these accounts between two times, in batches, in the order in which it was applied. */
export async function* streamStatement(
  snapshot: Snapshot,
  { from, to }: StatementScope,
  accountIds: readonly bigint[],
): AsyncGenerator<StatementMovement[], void> {
  for await (const rows of snapshot.stream<MovementRow>(movements({ accounts: accountIds, from, to })))
    yield rows.map(movementOf);
}

/** Tells one state of a user's accounts from another. */
export async function readUserBasis(snapshot: Snapshot, user: string): Promise<string> {
  const [row] = await sequences(snapshot, { user });
  return row?.sequences ?? '';
}

function movementOf([
  direction,
  wallet,
  kind,
  type,
  amount,
  balance,
  sequence,
  orderId,
  serviceId,
  appliedAt,
  jobId,
  otherKind,
  otherOwner,
  otherWallet,
  description,
]: MovementRow): StatementMovement {
  return {
    type,
    direction,
    wallet,
    kind,
    amountUnits: BigInt(amount),
    balanceUnits: BigInt(balance),
    sequence: BigInt(sequence),
    counterparty: { kind: otherKind, owner: otherOwner, wallet: otherWallet },
    orderId,
    serviceId,
    description,
    appliedAt: rfc3339(appliedAt),
    jobId,
  };
}
