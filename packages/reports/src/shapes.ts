import {
  accountName,
  describeMovement,
  type AccountKind,
  type AccountParts,
  type Movement,
  type OperationType,
} from '@saldo/ledger';
import type { Cell, Shape } from './shape.js';

/** The columns of API.md, which has no header: the service's name, and captures less refunds. */
export const REVENUE_SHAPE: Shape = {
  title: 'revenue',
  columns: [
    { name: 'service', width: 40 },
    { name: 'revenue', width: 18 },
  ],
  hasCsvHeader: false,
};

export function revenueCells({ name, revenueUnits }: { readonly name: string; readonly revenueUnits: bigint }): Cell[] {
  return [name, revenueUnits];
}

export const STATEMENT_SHAPE: Shape = {
  title: 'statement',
  columns: [
    { name: 'time', width: 28 },
    { name: 'wallet', width: 12 },
    { name: 'account', width: 12 },
    { name: 'operation', width: 16 },
    { name: 'debit', width: 18 },
    { name: 'credit', width: 18 },
    { name: 'balance', width: 18 },
    { name: 'sequence', width: 10 },
    { name: 'counterparty', width: 28 },
    { name: 'order', width: 20 },
    { name: 'service', width: 20 },
    { name: 'description', width: 40 },
    { name: 'job', width: 38 },
  ],
  hasCsvHeader: true,
};

interface StatementAccount {
  readonly wallet: string;
  readonly kind: AccountKind;
}

/** The line before an account's first movement, or after its last. */
export function balanceCells(
  which: 'opening balance' | 'closing balance',
  { wallet, kind }: StatementAccount,
  time: string,
  balanceUnits: bigint,
): Cell[] {
  return [time, wallet, kind, which, null, null, balanceUnits, null, null, null, null, null, null];
}

export function movementCells(
  movement: Movement &
    StatementAccount & {
      readonly amountUnits: bigint;
      readonly balanceUnits: bigint;
      readonly sequence: bigint;
      readonly description: string | null;
      readonly appliedAt: string;
      readonly jobId: string;
    },
): Cell[] {
  const isDebit = movement.direction === 'debit';
  return [
    movement.appliedAt,
    movement.wallet,
    movement.kind,
    movement.type,
    isDebit ? movement.amountUnits : null,
    isDebit ? null : movement.amountUnits,
    movement.balanceUnits,
    Number(movement.sequence),
    accountName(movement.counterparty),
    movement.orderId,
    movement.serviceId,
    movement.description ?? describeMovement(movement),
    movement.jobId,
  ];
}

export const TRIAL_BALANCE_SHAPE: Shape = {
  title: 'trial balance',
  columns: [
    { name: 'account', width: 14 },
    { name: 'accounts', width: 12 },
    { name: 'balance', width: 22 },
  ],
  hasCsvHeader: true,
};

interface TrialBalanceLine {
  readonly kind: AccountKind;
  readonly accounts: number;
  readonly balanceUnits: bigint;
}

/** A line for each kind of account, and their total, which is zero where the books are right. */
export function trialBalanceCells(lines: readonly TrialBalanceLine[]): Cell[][] {
  return [
    ...lines.map(({ kind, accounts, balanceUnits }): Cell[] => [kind, accounts, balanceUnits]),
    ['total', lines.reduce((sum, line) => sum + line.accounts, 0), sumOf(lines)],
  ];
}

export function sumOf(lines: readonly { readonly balanceUnits: bigint }[]): bigint {
  return lines.reduce((sum, line) => sum + line.balanceUnits, 0n);
}

export const OPERATIONS_SHAPE: Shape = {
  title: 'operations',
  columns: [
    { name: 'number', width: 12 },
    { name: 'time', width: 28 },
    { name: 'accepted', width: 28 },
    { name: 'job', width: 38 },
    { name: 'line', width: 6 },
    { name: 'operation', width: 12 },
    { name: 'status', width: 12 },
    { name: 'reason', width: 20 },
    { name: 'amount', width: 18 },
    { name: 'debit account', width: 28 },
    { name: 'debit balance', width: 18 },
    { name: 'debit sequence', width: 10 },
    { name: 'credit account', width: 28 },
    { name: 'credit balance', width: 18 },
    { name: 'credit sequence', width: 10 },
    { name: 'order', width: 20 },
    { name: 'service', width: 20 },
    { name: 'description', width: 40 },
    { name: 'key', width: 8 },
  ],
  hasCsvHeader: true,
};

interface LedgerSide {
  readonly account: AccountParts;
  readonly balanceUnits: bigint | null;
  readonly sequence: bigint | null;
}

/** One line of the ledger, completed or rejected. */
export function operationCells(line: {
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
  readonly rejection: string | undefined;
  readonly movement:
    { readonly amountUnits: bigint; readonly debit: LedgerSide; readonly credit: LedgerSide } | undefined;
}): Cell[] {
  const { movement, rejection } = line;
  return [
    Number(line.id),
    line.appliedAt,
    line.acceptedAt,
    line.jobId,
    line.line,
    line.type,
    rejection === undefined ? 'completed' : 'rejected',
    rejection ?? null,
    movement?.amountUnits ?? null,
    ...sideCells(movement?.debit),
    ...sideCells(movement?.credit),
    line.orderId,
    line.serviceId,
    line.description,
    line.apiKeyId,
  ];
}

function sideCells(side: LedgerSide | undefined): Cell[] {
  if (side === undefined) return [null, null, null];
  return [accountName(side.account), side.balanceUnits, side.sequence === null ? null : Number(side.sequence)];
}
