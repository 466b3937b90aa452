import {
  accountParts, applyBatch, isSystemKind, toOperation,
  type AccountKey, type Changes, type OperationRequest, type OperationType, type Outcome, type Priority, type Side,
} from '@saldo/ledger';
import type { AccountIds } from './account-ids.js';
import type { Database } from './database.js';
import { priorityIndex } from './priority.js';
import { readBooks } from './read-books.js';
import { statement } from './statement.js';
import { Transaction } from './transaction.js';

/** An operation that was accepted and waits to be applied. */
interface AcceptedRow {
  readonly id: string;
  readonly position: bigint;
  readonly type: OperationType;
  readonly request: OperationRequest;
}

const lockLane = statement<{ lane: number }, { priority: number; applied: bigint }>('lock-lane');
const readAccepted = statement<{ lane: number; priority: number; limit: number }, AcceptedRow>('read-accepted');
const writeBatch = statement<Record<string, unknown>>('write-batch');

/**
 * Applies what one lane accepted. Any number of processes may do so for the same lane: the lane's lock lets one at a
 * time through, and what it did the next one sees.
 */
export class LaneApplier {
  readonly #database: Database;
  readonly #lane: number;
  readonly #accountIds: AccountIds;

  constructor(database: Database, lane: number, accountIds: AccountIds) {
    this.#database = database;
    this.#lane = lane;
    this.#accountIds = accountIds;
  }

  /**
   * Applies the next accepted operations of a priority, at most `limit`, in one transaction, and answers the lane's
   * cursor after it. Where nothing waits it only answers the cursor. Throws what Postgres throws; then nothing was
   * applied.
   */
  applyNext(priority: Priority, limit: number): Promise<number> {
    const lane = this.#lane;
    const index = priorityIndex(priority);
    return Transaction.run(this.#database, async (transaction) => {
      const [cursors, accepted] = await Promise.all([
        lockLane(transaction, { lane }),
        readAccepted(transaction, { lane, priority: index, limit }),
      ]);
      const applied = cursors.find((cursor) => cursor.priority === index)?.applied;
      if (applied === undefined) throw new Error(`there is no lane ${lane}`);
      const last = accepted.at(-1);
      if (last === undefined) return Number(applied);
      if (last.position !== applied + BigInt(accepted.length)) throw new Error(`lane ${lane} has a gap after position ${applied}`);
      const operations = accepted.map((row) => toOperation(row.request));
      const { books, ids } = await readBooks(this.#database, transaction, this.#accountIds, lane, operations);
      const { outcomes, changes } = applyBatch(books, operations);
      await transaction.commitAfter(
        writeBatch(transaction, {
          lane,
          priority: index,
          applied: last.position,
          ...accountColumns(changes, ids),
          ...holdColumns(changes),
          ...operationColumns(accepted, outcomes, ids),
        }),
      );
      return Number(last.position);
    });
  }
}

type Ids = ReadonlyMap<AccountKey, bigint>;

function idOf(ids: Ids, key: AccountKey): bigint {
  const id = ids.get(key);
  if (id === undefined) throw new Error(`account ${key} was not locked`);
  return id;
}

function accountColumns(changes: Changes, ids: Ids): Record<string, unknown[]> {
  const accounts = [...changes.accounts.values()];
  return {
    account_ids: accounts.map((account) => idOf(ids, account.key)),
    account_balances: accounts.map((account) => account.balanceUnits),
    account_sequences: accounts.map((account) => account.sequence),
  };
}

function holdColumns(changes: Changes): Record<string, unknown[]> {
  const { newOrders, holds } = changes;
  const captures = holds.flatMap((hold) => [...hold.captures].map(([serviceId, captured]) => ({ hold, serviceId, ...captured })));
  return {
    order_ids: newOrders.map((order) => order.orderId),
    order_users: newOrders.map((order) => order.userId),
    hold_orders: holds.map((hold) => hold.orderId),
    hold_services: holds.map((hold) => hold.serviceId),
    hold_wallets: holds.map((hold) => hold.wallet),
    hold_reserved: holds.map((hold) => hold.reservedUnits),
    hold_released: holds.map((hold) => hold.releasedUnits),
    hold_captured: holds.map((hold) => hold.capturedUnits),
    capture_orders: captures.map(({ hold }) => hold.orderId),
    capture_holds: captures.map(({ hold }) => hold.serviceId),
    capture_services: captures.map(({ serviceId }) => serviceId),
    capture_captured: captures.map(({ capturedUnits }) => capturedUnits),
    capture_refunded: captures.map(({ refundedUnits }) => refundedUnits),
  };
}

const OPERATION_COLUMNS = [
  'job_ids', 'lines', 'types', 'rejections', 'amounts', 'debit_accounts', 'credit_accounts', 'debit_balances',
  'credit_balances', 'debit_sequences', 'credit_sequences', 'operation_orders', 'operation_services',
] as const;

/** One row per movement, as columns: a rejected operation is one row with its reason. */
function operationColumns(accepted: readonly AcceptedRow[], outcomes: readonly Outcome[], ids: Ids): Record<string, unknown[]> {
  const columns: Record<string, unknown[]> = Object.fromEntries(OPERATION_COLUMNS.map((name) => [name, []]));
  const push = (row: readonly unknown[]): void => OPERATION_COLUMNS.forEach((name, index) => columns[name]?.push(row[index]));
  accepted.forEach(({ id, type, request }, index) => {
    const outcome = outcomes[index];
    if (outcome === undefined) throw new Error(`operation ${id} has no outcome`);
    const order = request.order_id ?? null;
    if (outcome.status === 'rejected') {
      push([id, 0, type, outcome.reason, null, null, null, null, null, null, null, order, request.service_id ?? null]);
      return;
    }
    outcome.lines.forEach(({ debit, credit, amountUnits, serviceId }, line) => {
      push([
        id, line, type, null, amountUnits, idOf(ids, debit.account), idOf(ids, credit.account),
        ...sidesOf(debit, credit), order, serviceId === '' ? null : serviceId,
      ]);
    });
  });
  return columns;
}

/** Debit balance, credit balance, debit sequence, credit sequence; null on a system account's side. */
function sidesOf(debit: Side, credit: Side): (bigint | null)[] {
  const debitIsUsers = isUsers(debit.account);
  const creditIsUsers = isUsers(credit.account);
  return [
    debitIsUsers ? debit.balanceUnits : null, creditIsUsers ? credit.balanceUnits : null,
    debitIsUsers ? debit.sequence : null, creditIsUsers ? credit.sequence : null,
  ];
}

function isUsers(key: AccountKey): boolean {
  return !isSystemKind(accountParts(key).kind);
}
