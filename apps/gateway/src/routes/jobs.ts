import { OPERATION_TYPES, type OperationType } from '@saldo/ledger';
import {
  jobJson,
  listJobs,
  listReports,
  readReports,
  type Database,
  type JobFilter,
  type JobJson,
  type JobStatus,
} from '@saldo/store';
import { Router, type Request, type Response } from 'express';
import Joi from 'joi';
import { seenApiKeyId } from '../http/authenticate.js';
import { answerPage, listSchema, readCursor } from '../http/page.js';
import { Problem } from '../http/problem.js';
import { answerJob, answerReportJob } from '../jobs/answer-job.js';
import { COMPLETED_JOB, JOB_SHAPES } from '../jobs/job-shape.js';
import type { FinishedJobs } from '../jobs/finished-jobs.js';
import { pageShape, ref, type RouteGroup } from '../openapi/route-docs.js';
import { readQuery } from '../validation/check.js';
import type { ReportDesk } from '../reports/report-desk.js';
import { id, rule, UUID } from '../validation/fields.js';

const WAIT_S_MAX = 30;
const MS_PER_S = 1_000;

const waitSchema = Joi.object<{ wait: number }>({ wait: Joi.number().integer().min(0).default(0) });

const jobsSchema = listSchema<{ status?: JobStatus; type?: OperationType | 'report'; user_id?: string }>({
  status: Joi.valid('queued', 'completed', 'rejected', 'failed'),
  type: Joi.valid(...OPERATION_TYPES, 'report'),
  user_id: id,
});

interface Parts {
  readonly database: Database;
  readonly finished: FinishedJobs;
  readonly reports: ReportDesk;
}

/** `GET /v1/jobs` and `/v1/jobs/{id}`: what became of what was accepted. A merchant sees their own only. */
export function jobRoutes(parts: Parts): Router {
  const router = Router();

  router.get('/jobs', async (request, response) => {
    const { limit, cursor, status, type, user_id: userId } = readQuery(jobsSchema, request.query);
    const beforeId = readCursor(cursor, [UUID])?.[0];
    const filter = { apiKeyId: seenApiKeyId(response), status, userId, beforeId, limit: limit + 1 };
    const jobs = await listAll(parts, filter, type);
    answerPage(
      request,
      response,
      jobs,
      limit,
      (job) => job,
      (job) => [job.id],
    );
  });

  router.get('/jobs/:id', async (request, response) => {
    const { wait } = readQuery(waitSchema, request.query);
    const jobId = UUID.test(request.params.id) ? request.params.id : undefined;
    const waitMs = Math.min(wait, WAIT_S_MAX) * MS_PER_S;
    const isAnswered =
      jobId !== undefined &&
      ((await answerOperation(parts, jobId, waitMs, request, response)) ||
        (await answerReport(parts, jobId, waitMs, request, response)));
    if (!isAnswered) throw new Problem('not_found', 'There is no such job.');
  });

  return router;
}

/** Operations and reports in one list, the newest first: both have ids that are ordered by time. */
async function listAll(
  { database, reports }: Parts,
  filter: Omit<JobFilter, 'type'>,
  type: OperationType | 'report' | undefined,
): Promise<JobJson[]> {
  const [jobs, reported] = await Promise.all([
    type === 'report' ? [] : listJobs(database, { ...filter, type }),
    type === 'report' || type === undefined ? listReports(database, filter) : [],
  ]);
  const all = [...jobs.map(jobJson), ...(await Promise.all(reported.map((report) => reports.job(report))))];
  return all.sort((one, other) => (one.id < other.id ? 1 : -1)).slice(0, filter.limit);
}

/** False: there is no such operation, or it isn't theirs to see. */
async function answerOperation(
  { finished }: Parts,
  jobId: string,
  waitMs: number,
  request: Request,
  response: Response,
): Promise<boolean> {
  let job = await finished.read(jobId);
  if (job === undefined || !maySee(response, job)) return false;
  if (job.ended === undefined && waitMs > 0 && (await finished.wait([job], waitMs))) {
    job = (await finished.read(jobId)) ?? job;
  }
  answerJob(request, response, jobJson(job));
  return true;
}

/** False: there is no such report, or it isn't theirs to see. */
async function answerReport(
  { database, reports }: Parts,
  jobId: string,
  waitMs: number,
  request: Request,
  response: Response,
): Promise<boolean> {
  let [report] = await readReports(database, [jobId]);
  if (report === undefined || !maySee(response, report)) return false;
  if (report.finishedAt === null && waitMs > 0) {
    await reports.ended.wait(jobId, waitMs);
    report = (await readReports(database, [jobId]))[0] ?? report;
  }
  answerReportJob(request, response, await reports.job(report));
  return true;
}

function maySee(response: Response, { apiKeyId }: { readonly apiKeyId: number }): boolean {
  const own = seenApiKeyId(response);
  return own === undefined || own === apiKeyId;
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
