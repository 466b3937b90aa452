import type { AccountKind, AccountParts, OperationType } from '@saldo/ledger';
import { rfc3339 } from '../database.js';
import { statement, statementQuery } from '../statement.js';
import type { Snapshot } from './snapshot.js';

/** From (inclusive) to (exclusive), in RFC 3339. */
export interface Period {
  readonly from: string;
  readonly to: string;
}

/** One line of the ledger: a movement with both of its sides, or an operation that was rejected. */
export interface LedgerLine {
  readonly id: bigint;
  readonly appliedAt: string;
  readonly acceptedAt: string;
  readonly jobId: string;
  readonly apiKeyId: number;
  readonly line: number;
  readonly type: OperationType;
  readonly orderId: string | null;
  readonly serviceId: string | null;
  readonly description: string | null;
  /** Undefined where it completed. */
  readonly rejection: string | undefined;
  /** Undefined where it was rejected. */
  readonly movement:
    { readonly amountUnits: bigint; readonly debit: LedgerSide; readonly credit: LedgerSide } | undefined;
}

/** Balance and sequence are null for a system account. */
export interface LedgerSide {
  readonly account: AccountParts;
  readonly balanceUnits: bigint | null;
  readonly sequence: bigint | null;
}

/** How many operations a period has, by line, and what the completed ones moved together. */
export interface OperationTotals {
  readonly completed: number;
  readonly rejected: number;
  readonly amountUnits: bigint;
}

/** What a rejected operation has no movement for, and what system accounts don't have, is null. */
type SideColumns = readonly [
  kind: AccountKind | null,
  owner: string | null,
  wallet: string | null,
  balance: string | null,
  sequence: string | null,
];

type LedgerRow = readonly [
  id: string,
  appliedAt: string,
  jobId: string,
  line: string,
  type: OperationType,
  rejection: string | null,
  orderId: string | null,
  serviceId: string | null,
  description: string | null,
  apiKeyId: string,
  acceptedAt: string,
  amount: string | null,
  ...debit: SideColumns,
  ...credit: SideColumns,
];

const operations = statementQuery<Period>('reports/operations');
const totals = statement<Period, { readonly completed: bigint; readonly rejected: bigint; readonly amount: string }>(
  'reports/operation-totals',
);

/** All operations of a period, in batches, in the order in which they were written. */
export async function* streamOperations(snapshot: Snapshot, period: Period): AsyncGenerator<LedgerLine[], void> {
  for await (const rows of snapshot.stream<LedgerRow>(operations(period))) yield rows.map(lineOf);
}

export async function readOperationTotals(snapshot: Snapshot, period: Period): Promise<OperationTotals> {
  const [row] = await totals(snapshot, period);
  if (row === undefined) throw new Error('no totals were counted');
  return { completed: Number(row.completed), rejected: Number(row.rejected), amountUnits: BigInt(row.amount) };
}

function lineOf([
  id,
  appliedAt,
  jobId,
  line,
  type,
  rejection,
  orderId,
  serviceId,
  description,
  apiKeyId,
  acceptedAt,
  amount,
  ...sides
]: LedgerRow): LedgerLine {
  return {
    id: BigInt(id),
    appliedAt: rfc3339(appliedAt),
    acceptedAt: rfc3339(acceptedAt),
    jobId,
    apiKeyId: Number(apiKeyId),
    line: Number(line),
    type,
    orderId,
    serviceId,
    description,
    rejection: rejection ?? undefined,
    movement: amount === null ? undefined : movementOf(amount, sides),
  };
}

function movementOf(amount: string, sides: readonly [...SideColumns, ...SideColumns]): LedgerLine['movement'] {
  const [debitKind, debitOwner, debitWallet, debitBalance, debitSequence, ...credit] = sides;
  return {
    amountUnits: BigInt(amount),
    debit: sideOf([debitKind, debitOwner, debitWallet, debitBalance, debitSequence]),
    credit: sideOf(credit),
  };
}

function sideOf([kind, owner, wallet, balance, sequence]: SideColumns): LedgerSide {
  if (kind === null || owner === null || wallet === null) throw new Error('a movement has no account');
  return {
    account: { kind, owner, wallet },
    balanceUnits: balance === null ? null : BigInt(balance),
    sequence: sequence === null ? null : BigInt(sequence),
  };
}
