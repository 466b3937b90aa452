import { formatMoney } from '@saldo/ledger';
import {
  balanceCells,
  boundsOfMonth,
  movementCells,
  operationCells,
  OPERATIONS_SHAPE,
  periodOf,
  revenueCells,
  REVENUE_SHAPE,
  STATEMENT_SHAPE,
  sumOf,
  TRIAL_BALANCE_SHAPE,
  trialBalanceCells,
  type Batches,
  type Cell,
  type Period,
  type ReportRequest,
  type Shape,
} from '@saldo/reports';
import {
  readLedgerBasis,
  readOperationTotals,
  readRevenue,
  readStatementAccounts,
  readTrialBalance,
  readUserBasis,
  revenueBasis,
  streamOperations,
  streamStatement,
  type RevenueLine,
  type Snapshot,
  type StatementAccount,
  type StatementScope,
} from '@saldo/store';

/** What a report says, and how much of it there is. */
export interface Contents {
  readonly shape: Shape;
  readonly batches: Batches;
  /** How many rows the batches have together, but for those that say how an account opens and closes. */
  readonly rows: number;
  /** Revenue, closing balance, sum of amounts or zero, as the kind of report has it. */
  readonly totalUnits: bigint;
}

/** Files of an older version of Saldo may look otherwise: they are not given for what this one would write. */
const BASIS_VERSION = '1';

/** A moment that no operation is after. */
const NOW = 'infinity';

/** What a report stands on: as long as it is the same, the same request gives the same file. */
export async function readBasis(snapshot: Snapshot, request: ReportRequest): Promise<string> {
  return `${BASIS_VERSION} ${await basisOf(snapshot, request)}`;
}

async function basisOf(snapshot: Snapshot, request: ReportRequest): Promise<string> {
  switch (request.type) {
    case 'revenue':
    case 'closing':
      return revenueBasis(await readRevenue(snapshot, request.period));
    case 'statement':
      return isSettled(snapshot, request.to) ? 'settled' : readUserBasis(snapshot, request.user_id);
    case 'trial-balance':
      return request.at !== undefined && isSettled(snapshot, request.at) ? 'settled' : readLedgerBasis(snapshot);
    case 'operations':
      return isSettled(snapshot, periodOf(request).to) ? 'settled' : readLedgerBasis(snapshot);
    default:
      return request satisfies never;
  }
}

/** Whether nothing can be applied any more that is before this time. */
function isSettled({ settledUntil }: Snapshot, time: string): boolean {
  return Date.parse(time) <= Date.parse(settledUntil);
}

/** Reads what a report says, all on one snapshot. The rows come when they are asked for. */
export async function readContents(snapshot: Snapshot, request: ReportRequest): Promise<Contents> {
  switch (request.type) {
    case 'revenue':
    case 'closing':
      return revenueContents(await readRevenue(snapshot, request.period));
    case 'statement':
      return statementContents(snapshot, { user: request.user_id, from: request.from, to: request.to });
    case 'trial-balance':
      return trialBalanceContents(snapshot, request.at ?? NOW);
    case 'operations':
      return operationContents(snapshot, periodOf(request));
    default:
      return request satisfies never;
  }
}

export function revenueContents(lines: readonly RevenueLine[]): Contents {
  return {
    shape: REVENUE_SHAPE,
    batches: [lines.map(revenueCells)],
    rows: lines.length,
    totalUnits: lines.reduce((sum, line) => sum + line.revenueUnits, 0n),
  };
}

async function statementContents(snapshot: Snapshot, scope: StatementScope): Promise<Contents> {
  const accounts = await readStatementAccounts(snapshot, scope);
  return {
    shape: STATEMENT_SHAPE,
    batches: statementBatches(snapshot, scope, accounts),
    rows: accounts.reduce((sum, account) => sum + account.count, 0),
    totalUnits: accounts.reduce((sum, account) => sum + account.closingUnits, 0n),
  };
}

async function* statementBatches(
  snapshot: Snapshot,
  scope: StatementScope,
  accounts: readonly StatementAccount[],
): AsyncGenerator<Cell[][], void> {
  yield accounts.map((account) => balanceCells('opening balance', account, scope.from, account.openingUnits));
  const ids = accounts.map((account) => account.id);
  for await (const movements of streamStatement(snapshot, scope, ids)) yield movements.map(movementCells);
  yield accounts.map((account) => balanceCells('closing balance', account, scope.to, account.closingUnits));
}

async function trialBalanceContents(snapshot: Snapshot, at: string): Promise<Contents> {
  const lines = await readTrialBalance(snapshot, at);
  const cells = trialBalanceCells(lines);
  return { shape: TRIAL_BALANCE_SHAPE, batches: [cells], rows: cells.length, totalUnits: sumOf(lines) };
}

async function operationContents(snapshot: Snapshot, period: Period): Promise<Contents> {
  const { completed, rejected, amountUnits } = await readOperationTotals(snapshot, period);
  return {
    shape: OPERATIONS_SHAPE,
    batches: operationBatches(snapshot, period),
    rows: completed + rejected,
    totalUnits: amountUnits,
  };
}

async function* operationBatches(snapshot: Snapshot, period: Period): AsyncGenerator<Cell[][], void> {
  for await (const lines of streamOperations(snapshot, period)) yield lines.map(operationCells);
}

/** What a closed month's manifest says of it, beside its revenue. */
export async function readClosingFacts(snapshot: Snapshot, month: string) {
  const { from, to } = boundsOfMonth(month);
  const totals = await readOperationTotals(snapshot, { from, to });
  const balances = await readTrialBalance(snapshot, to);
  return {
    from,
    to,
    completed: totals.completed,
    rejected: totals.rejected,
    amount: formatMoney(totals.amountUnits),
    trial_balance: Object.fromEntries(balances.map(({ kind, balanceUnits }) => [kind, formatMoney(balanceUnits)])),
  };
}
