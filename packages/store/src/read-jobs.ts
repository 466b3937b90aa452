import {
  isRejectionReason,
  type AccountKind,
  type AccountParts,
  type OperationRequest,
  type OperationType,
  type RejectionReason,
} from '@saldo/ledger';
import type { AcceptedJob } from './accept-operations.js';
import type { Database } from './database.js';
import { priorityAt } from './priority.js';
import { statement } from './statement.js';

/** An accepted operation and, once it is finished, how it ended. */
export interface Job extends Omit<AcceptedJob, 'replayed'> {
  readonly apiKeyId: number;
  readonly type: OperationType;
  readonly request: OperationRequest;
  /** Undefined while it is queued. */
  readonly ended: Ended | undefined;
}

export type Ended =
  | { readonly status: 'completed'; readonly finishedAt: string; readonly entries: readonly Entry[] }
  | { readonly status: 'rejected'; readonly finishedAt: string; readonly reason: RejectionReason };

/** One side of a movement. Balance and sequence are null for a system account. */
export interface Entry {
  readonly account: AccountParts;
  readonly direction: 'debit' | 'credit';
  readonly amountUnits: bigint;
  readonly balanceUnits: bigint | null;
  readonly sequence: bigint | null;
}

interface JobRow {
  readonly id: string;
  readonly api_key: number;
  readonly type: OperationType;
  readonly lane: number;
  readonly priority: number;
  readonly position: bigint;
  readonly request: OperationRequest;
  readonly accepted_at: string;
  readonly line: number | null;
  readonly rejection: string | null;
  readonly amount: bigint;
  readonly applied_at: string;
  readonly debit_balance: bigint | null;
  readonly debit_sequence: bigint | null;
  readonly debit_kind: AccountKind;
  readonly debit_owner: string;
  readonly debit_wallet: string;
  readonly credit_balance: bigint | null;
  readonly credit_sequence: bigint | null;
  readonly credit_kind: AccountKind;
  readonly credit_owner: string;
  readonly credit_wallet: string;
}

const readRows = statement<{ ids: string[] }, JobRow>('read-jobs');

/** The jobs with these ids (UUIDs), in any order; ids never given out are left out. */
export async function readJobs(database: Database, ids: readonly string[]): Promise<Job[]> {
  if (ids.length === 0) return [];
  const rowsById = new Map<string, JobRow[]>();
  for (const row of await readRows(database, { ids: [...ids] })) {
    const rows = rowsById.get(row.id);
    if (rows === undefined) rowsById.set(row.id, [row]);
    else rows.push(row);
  }
  return [...rowsById.values()].map(jobOf);
}

function jobOf(rows: readonly JobRow[]): Job {
  const [row] = rows;
  if (row === undefined) throw new Error('a job has no row');
  return {
    id: row.id,
    apiKeyId: row.api_key,
    type: row.type,
    lane: row.lane,
    priority: priorityAt(row.priority),
    position: Number(row.position),
    request: row.request,
    acceptedAt: row.accepted_at,
    ended: endedOf(row, rows),
  };
}

function endedOf(row: JobRow, rows: readonly JobRow[]): Ended | undefined {
  if (row.line === null) return undefined;
  if (row.rejection === null)
    return { status: 'completed', finishedAt: row.applied_at, entries: rows.flatMap(entriesOf) };
  if (!isRejectionReason(row.rejection)) throw new Error(`job ${row.id} has an unknown rejection`);
  return { status: 'rejected', finishedAt: row.applied_at, reason: row.rejection };
}

function entriesOf(row: JobRow): Entry[] {
  return [
    {
      account: { kind: row.debit_kind, owner: row.debit_owner, wallet: row.debit_wallet },
      direction: 'debit',
      amountUnits: row.amount,
      balanceUnits: row.debit_balance,
      sequence: row.debit_sequence,
    },
    {
      account: { kind: row.credit_kind, owner: row.credit_owner, wallet: row.credit_wallet },
      direction: 'credit',
      amountUnits: row.amount,
      balanceUnits: row.credit_balance,
      sequence: row.credit_sequence,
    },
  ];
}
