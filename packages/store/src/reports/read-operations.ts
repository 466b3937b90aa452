import type { AccountKind, AccountParts, OperationType } from '@saldo/ledger';
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

type SideColumns<Side extends string> = { readonly [Name in `${Side}_kind`]: AccountKind } & {
  readonly [Name in `${Side}_owner` | `${Side}_wallet`]: string;
} & { readonly [Name in `${Side}_balance` | `${Side}_sequence`]: bigint | null };

interface LedgerRow extends SideColumns<'debit'>, SideColumns<'credit'> {
  readonly id: bigint;
  readonly applied_at: string;
  readonly accepted_at: string;
  readonly job_id: string;
  readonly api_key: number;
  readonly line: number;
  readonly type: OperationType;
  readonly rejection: string | null;
  readonly amount: bigint;
  readonly order_id: string | null;
  readonly service_id: string | null;
  readonly description: string | null;
}

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

function lineOf(row: LedgerRow): LedgerLine {
  return {
    id: row.id,
    appliedAt: row.applied_at,
    acceptedAt: row.accepted_at,
    jobId: row.job_id,
    apiKeyId: row.api_key,
    line: row.line,
    type: row.type,
    orderId: row.order_id,
    serviceId: row.service_id,
    description: row.description,
    rejection: row.rejection ?? undefined,
    movement: row.rejection === null ? movementOf(row) : undefined,
  };
}

function movementOf(row: LedgerRow): LedgerLine['movement'] {
  return {
    amountUnits: row.amount,
    debit: {
      account: { kind: row.debit_kind, owner: row.debit_owner, wallet: row.debit_wallet },
      balanceUnits: row.debit_balance,
      sequence: row.debit_sequence,
    },
    credit: {
      account: { kind: row.credit_kind, owner: row.credit_owner, wallet: row.credit_wallet },
      balanceUnits: row.credit_balance,
      sequence: row.credit_sequence,
    },
  };
}
