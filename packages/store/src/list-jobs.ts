import type { OperationType } from '@saldo/ledger';
import type { Database } from './database.js';
import { readJobs, type Job } from './read-jobs.js';

export type JobStatus = 'queued' | 'completed' | 'rejected' | 'failed';

export interface JobFilter {
  /** Only jobs that this API key sent. */
  readonly apiKeyId: number | undefined;
  readonly status: JobStatus | undefined;
  readonly type: OperationType | undefined;
  readonly userId: string | undefined;
  /** Only jobs accepted before the one with this id. */
  readonly beforeId: string | undefined;
  readonly limit: number;
}

/** Jobs, newest first. Keyset: ids are UUIDs of version 7, so rows that are added never shift a later page. */
export async function listJobs(database: Database, filter: JobFilter): Promise<Job[]> {
  // No operation ever fails: a failed job is ours to finish, and is queued until then.
  if (filter.status === 'failed') return [];
  const query = database.knex('jobs as j').select<{ id: string }[]>('j.id').orderBy('j.id', 'desc').limit(filter.limit);
  if (filter.apiKeyId !== undefined) void query.where('j.api_key', filter.apiKeyId);
  if (filter.type !== undefined) void query.where('j.type', filter.type);
  if (filter.userId !== undefined) void query.where('j.user_id', filter.userId);
  if (filter.beforeId !== undefined) void query.where('j.id', '<', filter.beforeId);
  if (filter.status === 'queued') {
    // Through the cursors, so that only what is queued is looked at.
    void query.join('cursors as c', (join) =>
      join.on('c.lane', 'j.lane').andOn('c.priority', 'j.priority').andOn('j.position', '>', 'c.applied'),
    );
  } else if (filter.status !== undefined) {
    const rejected = filter.status === 'rejected';
    void query.whereExists((exists) => {
      void exists
        .from('operations as o')
        .whereRaw('o.job_id = j.id')
        .whereRaw(rejected ? 'o.rejection is not null' : 'o.rejection is null');
    });
  }
  const ids = (await query).map((row) => row.id);
  const jobs = new Map((await readJobs(database, ids)).map((job) => [job.id, job]));
  return ids.flatMap((id) => jobs.get(id) ?? []);
}
