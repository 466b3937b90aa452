import {
  applyBatch,
  toOperation,
  type AccountKey,
  type Changes,
  type OperationRequest,
  type OperationType,
  type Outcome,
  type Priority,
  type Side,
} from '@saldo/ledger';
import type { AccountIds } from './account-ids.js';
import type { Database } from './database.js';
import { writeOutbox, type OutboxEvent } from './outbox.js';
import { endedJson, type EndedJson } from './job-json.js';
import { endedAs, ownedSide } from './outcome-ended.js';
import { priorityAt, priorityIndex } from './priority.js';
import { readBooks } from './read-books.js';
import { statement } from './statement.js';
import { Transaction } from './transaction.js';

/** How far a lane was applied, at a priority that moved. */
export interface LaneMove {
  readonly priority: Priority;
  readonly applied: number;
  /** How the operations of a small batch ended, by job id: who waits for one need not ask Postgres for it. */
  readonly ended: Readonly<Record<string, EndedJson>>;
}

interface CursorRow {
  readonly priority: number;
  readonly applied: bigint;
}

/** An operation that was accepted and waits to be applied. */
interface AcceptedRow {
  readonly id: string;
  readonly priority: number;
  readonly position: bigint;
  readonly type: OperationType;
  readonly request: OperationRequest;
  readonly api_key: number;
  /** Whether any webhook endpoint is there. */
  readonly heard: boolean;
}

const lockLane = statement<{ lane: number }, CursorRow>('lock-lane');
const readAccepted = statement<{ lane: number; limit: number }, AcceptedRow>('read-accepted');
const writeBatch = statement<Record<string, unknown>, { readonly applied_at: string }>('write-batch');

/** Who sends single operations waits for them more often than not; nobody waits for so many one by one. */
const SMALL_BATCH_MAX = 100;

/**
 * Applies what one lane accepted. Any number of processes may do so for the same lane: the lane's lock lets one at a
 * time through, and what it did the next one sees.
 */
export class LaneApplier {
  readonly #database: Database;
  readonly #lane: number;
  readonly #accountIds: AccountIds;
  readonly #onOutbox: (endpointIds: readonly number[]) => void;

  /** `onOutbox` is called when outcomes are committed of which webhook endpoints want to hear. */
  constructor(
    database: Database,
    lane: number,
    accountIds: AccountIds,
    onOutbox: (endpointIds: readonly number[]) => void = () => undefined,
  ) {
    this.#database = database;
    this.#lane = lane;
    this.#accountIds = accountIds;
    this.#onOutbox = onOutbox;
  }

  /**
   * Applies the next accepted operations, higher priorities first, at most `limit`, in one transaction. Answers how far
   * each priority that moved has come: nothing where nothing waited. Throws what Postgres throws; then nothing was
   * applied.
   */
  async applyNext(limit: number): Promise<LaneMove[]> {
    const { moves, endpointIds } = await this.#applyInTransaction(limit);
    if (endpointIds.length > 0) this.#onOutbox(endpointIds);
    return moves;
  }

  #applyInTransaction(limit: number): Promise<{ moves: LaneMove[]; endpointIds: readonly number[] }> {
    const lane = this.#lane;
    return Transaction.run(this.#database, async (transaction) => {
      const [cursors, accepted] = await Promise.all([
        lockLane(transaction, { lane }),
        readAccepted(transaction, { lane, limit }),
      ]);
      if (cursors.length === 0) throw new Error(`there is no lane ${lane}`);
      if (accepted.length === 0) return { moves: [], endpointIds: [] };
      const moves = movesOf(cursors, accepted);
      const operations = accepted.map((row) => toOperation(row.request));
      const { books, ids } = await readBooks(this.#database, transaction, this.#accountIds, lane, operations);
      const { outcomes, changes } = applyBatch(books, operations);
      const written = Promise.all([
        writeBatch(transaction, {
          lane,
          priorities: moves.map((move) => priorityIndex(move.priority)),
          applied: moves.map((move) => move.applied),
          ...accountColumns(changes, ids),
          ...holdColumns(changes),
          ...revenueColumns(accepted, outcomes),
          ...operationColumns(accepted, outcomes, ids),
        }),
        accepted.some((row) => row.heard) ? writeOutbox(transaction, eventsOf(accepted, outcomes)) : [],
      ]);
      await transaction.commitAfter(written);
      const [[stamp], endpointIds] = await written;
      if (stamp === undefined) throw new Error('a batch has no time');
      const isSmall = accepted.length <= SMALL_BATCH_MAX;
      return {
        moves: moves.map((move) => ({
          ...move,
          ended: isSmall ? endedJobs(accepted, outcomes, move.priority, stamp.applied_at) : {},
        })),
        endpointIds,
      };
    });
  }
}

/** An operation's event has the id of its job. */
function eventsOf(accepted: readonly AcceptedRow[], outcomes: readonly Outcome[]): OutboxEvent[] {
  return accepted.map((row, index) => ({
    id: row.id,
    apiKeyId: row.api_key,
    type: outcomes[index]?.status === 'rejected' ? 'operation.rejected' : 'operation.completed',
  }));
}

/** How far each priority comes with these operations. Asserts that no position is missing between it and its cursor. */
function movesOf(cursors: readonly CursorRow[], accepted: readonly AcceptedRow[]): Omit<LaneMove, 'ended'>[] {
  return cursors.flatMap(({ priority, applied }) => {
    const positions = accepted.filter((row) => row.priority === priority).map((row) => row.position);
    const last = positions.at(-1);
    if (last === undefined) return [];
    if (last !== applied + BigInt(positions.length))
      throw new Error(`priority ${priority} has a gap after position ${applied}`);
    return [{ priority: priorityAt(priority), applied: Number(last) }];
  });
}

function endedJobs(
  accepted: readonly AcceptedRow[],
  outcomes: readonly Outcome[],
  priority: Priority,
  appliedAt: string,
): Record<string, EndedJson> {
  return Object.fromEntries(
    accepted.flatMap((row, index) => {
      const outcome = outcomes[index];
      return outcome === undefined || priorityAt(row.priority) !== priority
        ? []
        : [[row.id, endedJson(endedAs(outcome, appliedAt))]];
    }),
  );
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
  const captures = holds.flatMap((hold) =>
    [...hold.captures].map(([serviceId, captured]) => ({ hold, serviceId, ...captured })),
  );
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

/** What a batch brought each service and took from it, for the month's revenue: empty for most batches. */
function revenueColumns(accepted: readonly AcceptedRow[], outcomes: readonly Outcome[]): Record<string, unknown[]> {
  const services = new Map<string, { captured: bigint; refunded: bigint; operations: number }>();
  accepted.forEach(({ type }, index) => {
    const outcome = outcomes[index];
    if ((type !== 'capture' && type !== 'refund') || outcome?.status !== 'completed') return;
    for (const { serviceId, amountUnits } of outcome.lines) {
      const sums = services.get(serviceId) ?? { captured: 0n, refunded: 0n, operations: 0 };
      services.set(serviceId, sums);
      sums[type === 'capture' ? 'captured' : 'refunded'] += amountUnits;
      sums.operations += 1;
    }
  });
  const rows = [...services];
  return {
    revenue_services: rows.map(([serviceId]) => serviceId),
    revenue_captured: rows.map(([, { captured }]) => captured),
    revenue_refunded: rows.map(([, { refunded }]) => refunded),
    revenue_operations: rows.map(([, { operations }]) => operations),
  };
}

const OPERATION_COLUMNS = [
  'job_ids',
  'lines',
  'types',
  'rejections',
  'amounts',
  'debit_accounts',
  'credit_accounts',
  'debit_balances',
  'credit_balances',
  'debit_sequences',
  'credit_sequences',
  'operation_orders',
  'operation_services',
] as const;

/** One row per movement, as columns: a rejected operation is one row with its reason. */
function operationColumns(
  accepted: readonly AcceptedRow[],
  outcomes: readonly Outcome[],
  ids: Ids,
): Record<string, unknown[]> {
  const columns: Record<string, unknown[]> = Object.fromEntries(OPERATION_COLUMNS.map((name) => [name, []]));
  const push = (row: readonly unknown[]): void =>
    OPERATION_COLUMNS.forEach((name, index) => columns[name]?.push(row[index]));
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
        id,
        line,
        type,
        null,
        amountUnits,
        idOf(ids, debit.account),
        idOf(ids, credit.account),
        ...sidesOf(debit, credit),
        order,
        serviceId === '' ? null : serviceId,
      ]);
    });
  });
  return columns;
}

/** Debit balance, credit balance, debit sequence, credit sequence; null on a system account's side. */
function sidesOf(debit: Side, credit: Side): (bigint | null)[] {
  const [debited, credited] = [ownedSide(debit), ownedSide(credit)];
  return [debited.balanceUnits, credited.balanceUnits, debited.sequence, credited.sequence];
}
