import { accountName, formatMoney, isSystemKind, REJECTIONS, type OperationRequest } from '@saldo/ledger';
import type { AcceptedJob } from './accept-operations.js';
import type { Ended, Entry, Job } from './read-jobs.js';

/** A job as the API and the webhooks show it. */
export interface JobJson {
  readonly id: string;
  readonly type: string;
  readonly status: 'queued' | 'completed' | 'rejected' | 'failed';
  readonly created_at: string;
  readonly finished_at: string | null;
  readonly request: unknown;
  readonly result: unknown;
  readonly error: { readonly code: string; readonly detail: string } | null;
}

/** The receipt of what was just accepted. */
export function queuedJob(
  { id, acceptedAt }: Pick<AcceptedJob, 'id' | 'acceptedAt'>,
  request: OperationRequest,
): JobJson {
  return {
    id,
    type: request.type,
    status: 'queued',
    created_at: acceptedAt,
    finished_at: null,
    request,
    result: null,
    error: null,
  };
}

export function jobJson(job: Job): JobJson {
  const receipt = queuedJob(job, job.request);
  return job.ended === undefined ? receipt : { ...receipt, ...endedJson(job.ended) };
}

/** What of a job tells how it ended. */
export type EndedJson = Pick<JobJson, 'status' | 'finished_at' | 'result' | 'error'>;

export function endedJson(ended: Ended): EndedJson {
  const { status, finishedAt } = ended;
  switch (status) {
    case 'completed':
      return { status, finished_at: finishedAt, result: { entries: ended.entries.map(entryJson) }, error: null };
    case 'rejected':
      return {
        status,
        finished_at: finishedAt,
        result: null,
        error: { code: ended.reason, detail: REJECTIONS[ended.reason] },
      };
    default:
      return ended satisfies never;
  }
}

function entryJson({ account, direction, amountUnits, balanceUnits, sequence }: Entry): unknown {
  const isSystems = isSystemKind(account.kind);
  return {
    account: accountName(account),
    user_id: isSystems ? null : account.owner,
    wallet: isSystems ? null : account.wallet,
    kind: account.kind,
    direction,
    amount: formatMoney(amountUnits),
    balance: balanceUnits === null ? null : formatMoney(balanceUnits),
    sequence: sequence === null ? null : Number(sequence),
  };
}
