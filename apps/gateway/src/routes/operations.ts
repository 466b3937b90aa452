import { isUnavailable, jobJson, queuedJob, type JobJson } from '@saldo/store';
import { Router, type Request, type Response } from 'express';
import Joi from 'joi';
import { allow, apiKeyOf } from '../http/authenticate.js';
import { idempotencyKeyOf } from '../http/idempotency-key.js';
import { jsonBody } from '../http/json-body.js';
import { applyPreference } from '../http/prefer.js';
import { validationFailed } from '../http/problem.js';
import { ACCEPTED, COMPLETED_JOB, QUEUED_JOB } from '../jobs/job-shape.js';
import type { FinishedJobs } from '../jobs/finished-jobs.js';
import { submit, type Command, type OperationIntake } from '../jobs/submit.js';
import { shapeOf } from '../openapi/joi-shape.js';
import { objectShape, ref, type RouteGroup } from '../openapi/route-docs.js';
import { readBody } from '../validation/check.js';
import { BATCH_ITEM_SCHEMAS, OPERATION_SCHEMAS, validateOperation } from '../validation/operation-request.js';

const BATCH_MAX = 1_000;
const MS_PER_S = 1_000;

const batchSchema = Joi.object<{ operations: unknown[] }>({
  operations: Joi.array().min(1).max(BATCH_MAX).required(),
}).required();

interface Services {
  readonly intake: OperationIntake;
  readonly finished: FinishedJobs;
  readonly lanes: number;
}

/** `POST /v1/operations` and `/v1/operations/batch`: what money is asked to move. */
export function operationRoutes({ intake, finished, lanes }: Services): Router {
  const router = Router();
  const maySubmit = allow('merchant', 'admin');

  router.post('/operations', maySubmit, jsonBody, async (request, response) => {
    const command = readOperation(request);
    const [job] = await submit(intake, lanes, apiKeyOf(response).id, [command], () => 'Idempotency-Key');
    if (job === undefined) throw new Error('an operation was accepted without a job');
    if (job.replayed) response.set('Idempotent-Replayed', 'true');
    response.set('Location', `/v1/jobs/${job.id}`);
    const waitS = applyPreference(request, response);
    const waitMs = (waitS ?? 0) * MS_PER_S;
    const ended = waitS !== undefined || job.replayed ? await ifReadable(finished.end(job, waitMs)) : undefined;
    answer(response, waitS !== undefined && ended !== undefined, { ...queuedJob(job, command.request), ...ended });
  });

  router.post('/operations/batch', maySubmit, jsonBody, async (request, response) => {
    const commands = readBatch(request);
    const accepted = await submit(
      intake,
      lanes,
      apiKeyOf(response).id,
      commands,
      (index) => `/operations/${index}/idempotency_key`,
    );
    const waitS = applyPreference(request, response);
    const isFinished = waitS !== undefined && (await finished.wait(accepted, waitS * MS_PER_S));
    const isWanted = (job: { replayed: boolean }): boolean => waitS !== undefined || job.replayed;
    const wanted = accepted.filter(isWanted).map((job) => job.id);
    const read = await ifReadable(finished.readAll(wanted));
    const known = new Map(read?.flatMap((job) => (job === undefined ? [] : [[job.id, job]])));
    const jobs = accepted.map((job, index) => {
      const found = known.get(job.id);
      return found === undefined ? queuedJob(job, commandAt(commands, index).request) : jobJson(found);
    });
    answer(response, isFinished && read !== undefined, { jobs });
  });

  return router;
}

/** What was accepted stays accepted: if it can't be read just now, the answer is its receipt. */
async function ifReadable<Found>(reading: Promise<Found>): Promise<Found | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (isUnavailable(error)) return undefined;
    throw error;
  }
}

function readOperation(request: Request): Command {
  const idempotencyKey = idempotencyKeyOf(request.get('idempotency-key'));
  const validated = validateOperation(request.body, OPERATION_SCHEMAS);
  if (validated.errors !== undefined) throw validationFailed(validated.errors);
  return { request: validated.value, idempotencyKey };
}

/** Every operation of the batch, or every error of all of them. A key in the header stands for one per operation. */
function readBatch(request: Request): Command[] {
  const batchKey = idempotencyKeyOf(request.get('idempotency-key'));
  const { operations } = readBody(batchSchema, request.body);
  const validated = operations.map((operation, index) =>
    validateOperation(operation, BATCH_ITEM_SCHEMAS, `/operations/${index}`),
  );
  const errors = validated.flatMap((one) => one.errors ?? []);
  if (errors.length > 0) throw validationFailed(errors);
  return validated.flatMap((one, index) => {
    if (one.errors !== undefined) return [];
    const { idempotency_key: key, ...operation } = one.value;
    // A space is in no key of a caller's, so these never meet.
    return [
      { request: operation, idempotencyKey: key ?? (batchKey === undefined ? undefined : `${batchKey} ${index}`) },
    ];
  });
}

function commandAt(commands: readonly Command[], index: number): Command {
  const command = commands[index];
  if (command === undefined) throw new Error(`no operation ${index}`);
  return command;
}

function answer(response: Response, isFinished: boolean, body: JobJson | { jobs: JobJson[] }): void {
  if (!isFinished) response.status(202).set('Retry-After', '1');
  response.json(body);
}

/** Each operation of a batch is checked by the schema of its type. */
const batchShape = {
  ...shapeOf(batchSchema),
  properties: {
    operations: {
      type: 'array',
      minItems: 1,
      maxItems: BATCH_MAX,
      items: { oneOf: Object.values(BATCH_ITEM_SCHEMAS).map(shapeOf) },
    },
  },
};

const SUBMITTING = {
  roles: ['merchant', 'admin'],
  headers: ['Prefer', 'Idempotency-Key'],
  problems: ['validation_failed', 'payload_too_large', 'unsupported_media_type'],
} as const;

export const operationDocs: RouteGroup = {
  tag: 'Operations',
  about: 'Money that is asked to move. Each operation is applied exactly once, in order.',
  routes: [
    {
      ...SUBMITTING,
      method: 'post',
      path: '/v1/operations',
      summary: 'Submit an operation',
      body: Object.values(OPERATION_SCHEMAS),
      bodyExamples: {
        deposit: { type: 'deposit', user_id: '42', amount: '199.99' },
        withdraw: { type: 'withdraw', user_id: '42', amount: '20.00', description: 'to your bank' },
        transfer: { type: 'transfer', from_user_id: '42', to_user_id: '43', amount: '5.00' },
        reserve: { type: 'reserve', user_id: '42', order_id: 'A-1', service_id: '7', amount: '50.00' },
        capture: { type: 'capture', user_id: '42', order_id: 'A-1', service_id: '7', amount: '30.00' },
        'capture-lines': {
          type: 'capture',
          user_id: '42',
          order_id: 'A-2',
          lines: [
            { service_id: '7', amount: '30.00' },
            { service_id: '8', amount: '12.50' },
          ],
        },
        release: { type: 'release', user_id: '42', order_id: 'A-1', service_id: '7' },
        refund: { type: 'refund', user_id: '42', order_id: 'A-1', service_id: '7', amount: '10.00' },
      },
      answers: {
        200: {
          description: 'Finished within the time that `Prefer: wait=N` gave: completed or rejected.',
          schema: ref('Job'),
          example: COMPLETED_JOB,
          headers: ['Location', 'Preference-Applied', 'Idempotent-Replayed'],
        },
        202: ACCEPTED,
      },
    },
    {
      ...SUBMITTING,
      method: 'post',
      path: '/v1/operations/batch',
      summary: 'Submit 1 to 1000 operations',
      description: 'All are accepted or, if any is malformed, none. Those of one user apply in the order given.',
      body: batchShape,
      bodyExamples: {
        batch: {
          operations: [
            { type: 'deposit', user_id: '42', amount: '10.00', idempotency_key: 'd-1' },
            { type: 'transfer', from_user_id: '42', to_user_id: '43', amount: '4.00' },
          ],
        },
      },
      answers: {
        200: {
          description: 'All finished within the time that `Prefer: wait=N` gave.',
          schema: objectShape({ jobs: { type: 'array', items: ref('Job') } }),
          example: { jobs: [COMPLETED_JOB] },
          headers: ['Preference-Applied'],
        },
        202: {
          description: 'All accepted; the jobs are in the order given.',
          schema: objectShape({ jobs: { type: 'array', items: ref('Job') } }),
          example: { jobs: [QUEUED_JOB] },
          headers: ['Retry-After', 'Preference-Applied'],
        },
      },
    },
  ],
};
