import { OPERATION_TYPES, type OperationType } from '@saldo/ledger';
import { listJobs, type Database, type Job, type JobStatus } from '@saldo/store';
import { Router, type Request, type Response } from 'express';
import Joi from 'joi';
import { apiKeyOf } from '../http/authenticate.js';
import { answerPage, listSchema, readCursor } from '../http/page.js';
import { Problem } from '../http/problem.js';
import { jobJson } from '../jobs/job-json.js';
import { COMPLETED_JOB, JOB_SHAPES } from '../jobs/job-shape.js';
import type { FinishedJobs } from '../jobs/finished-jobs.js';
import { pageShape, ref, type RouteGroup } from '../openapi/route-docs.js';
import { readQuery } from '../validation/check.js';
import { id, rule } from '../validation/fields.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const WAIT_S_MAX = 30;
const MS_PER_S = 1_000;

const waitSchema = Joi.object<{ wait: number }>({ wait: Joi.number().integer().min(0).default(0) });

const jobsSchema = listSchema<{ status?: JobStatus; type?: OperationType; user_id?: string }>({
  status: Joi.valid('queued', 'completed', 'rejected', 'failed'),
  type: Joi.valid(...OPERATION_TYPES),
  user_id: id,
});

/** `GET /v1/jobs` and `/v1/jobs/{id}`: what became of what was accepted. A merchant sees their own only. */
export function jobRoutes({ database, finished }: { database: Database; finished: FinishedJobs }): Router {
  const router = Router();

  router.get('/jobs', async (request, response) => {
    const { limit, cursor, status, type, user_id: userId } = readQuery(jobsSchema, request.query);
    const beforeId = readCursor(cursor, [UUID])?.[0];
    const jobs = await listJobs(database, {
      apiKeyId: ownApiKeyId(response),
      status,
      type,
      userId,
      beforeId,
      limit: limit + 1,
    });
    answerPage(request, response, jobs, limit, jobJson, (job) => [job.id]);
  });

  router.get('/jobs/:id', async (request, response) => {
    const { wait } = readQuery(waitSchema, request.query);
    let job = await readOwn(finished, request.params.id, response);
    if (job.ended === undefined && wait > 0) {
      const isFinished = await finished.wait([job], Math.min(wait, WAIT_S_MAX) * MS_PER_S);
      if (isFinished) job = await readOwn(finished, job.id, response);
    }
    answerJob(request, response, job);
  });

  return router;
}

async function readOwn(finished: FinishedJobs, jobId: string, response: Response): Promise<Job> {
  const job = UUID.test(jobId) ? await finished.read(jobId) : undefined;
  const own = ownApiKeyId(response);
  if (job === undefined || (own !== undefined && job.apiKeyId !== own))
    throw new Problem('not_found', 'There is no such job.');
  return job;
}

/** Undefined for roles that see the jobs of all. */
function ownApiKeyId(response: Response): number | undefined {
  const key = apiKeyOf(response);
  return key.role === 'merchant' ? key.id : undefined;
}

/** A job changes once, when it finishes, so its id and status tell one state from the other. */
function answerJob(request: Request, response: Response, job: Job): void {
  const body = jobJson(job);
  const etag = `"${body.id}:${body.status}"`;
  response.set('ETag', etag);
  if (hasAlready(request.get('if-none-match'), etag)) response.status(304).end();
  else response.json(body);
}

/**
 * RFC 9110, 13.1.2. Express's `request.fresh` heeds Cache-Control: no-cache too, which every fetch adds to a request
 * with If-None-Match and which is meant for the caches on the way.
 */
function hasAlready(ifNoneMatch: string | undefined, etag: string): boolean {
  return (ifNoneMatch ?? '').split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
}

const jobId = rule('takes a UUID', (value) => value, { type: 'string', format: 'uuid' });

export const jobDocs: RouteGroup = {
  tag: 'Jobs',
  about: 'What became of what was accepted.',
  schemas: JOB_SHAPES,
  routes: [
    {
      method: 'get',
      path: '/v1/jobs',
      summary: 'List jobs, newest first',
      description: 'A merchant sees their own.',
      query: jobsSchema,
      answers: {
        200: {
          description: 'One page.',
          schema: pageShape(ref('Job')),
          example: { data: [COMPLETED_JOB], next_cursor: null },
          headers: ['Link'],
        },
      },
      problems: ['validation_failed'],
    },
    {
      method: 'get',
      path: '/v1/jobs/{id}',
      summary: 'A job, waited for if you like',
      description: '`wait` (seconds, 30 at most): answers when the job finishes, or with the job as it then is.',
      pathParameters: { id: jobId },
      query: waitSchema,
      headers: ['If-None-Match'],
      answers: {
        200: { description: 'The job as it is.', schema: ref('Job'), example: COMPLETED_JOB, headers: ['ETag'] },
        304: { description: 'It is as you know it.', headers: ['ETag'] },
      },
      problems: ['validation_failed', 'not_found'],
    },
  ],
};
