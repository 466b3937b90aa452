import type { OperationType } from '@saldo/ledger';
import type { Database } from './database.js';
import { statement } from './statement.js';

export interface TransactionFilter {
  readonly userId: string;
  readonly byAmount: boolean;
  readonly byDate: boolean;
  /** Null: all. */
  readonly limit: number | null;
  readonly offset: number;
}

/** All that one job moved, between the owners of two accounts: users, a service's id, or nobody for outside. */
export interface Transaction {
  readonly type: OperationType;
  readonly amountUnits: bigint;
  readonly orderId: string | null;
  readonly debitOwner: string;
  readonly creditOwner: string;
  readonly appliedAt: string;
}

interface Row {
  readonly type: OperationType;
  readonly amount: bigint;
  readonly order_id: string | null;
  readonly debit_owner: string;
  readonly credit_owner: string;
  readonly applied_at: string;
}

const listRows = statement<
  { user_id: string; by_amount: boolean; by_date: boolean; limit: number | null; offset: number },
  Row
>('list-transactions');

/**
 * What moved a user's money, a row per job: by date and by amount the latest and largest first, by date before by
 * amount; by neither, the oldest first.
 */
export async function listTransactions(database: Database, filter: TransactionFilter): Promise<Transaction[]> {
  const { userId, byAmount, byDate, limit, offset } = filter;
  const rows = await listRows(database, { user_id: userId, by_amount: byAmount, by_date: byDate, limit, offset });
  return rows.map((row) => ({
    type: row.type,
    amountUnits: row.amount,
    orderId: row.order_id,
    debitOwner: row.debit_owner,
    creditOwner: row.credit_owner,
    appliedAt: row.applied_at,
  }));
}
