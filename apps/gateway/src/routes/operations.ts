import { isUnavailable } from '@saldo/store';
import { Router, type Request, type Response } from 'express';
import Joi from 'joi';
import { allow, apiKeyOf } from '../http/authenticate.js';
import { idempotencyKeyOf } from '../http/idempotency-key.js';
import { jsonBody } from '../http/json-body.js';
import { preferredWait } from '../http/prefer.js';
import { validationFailed } from '../http/problem.js';
import { jobJson, queuedJob, type JobJson } from '../jobs/job-json.js';
import type { FinishedJobs } from '../jobs/finished-jobs.js';
import { submit, type Command, type OperationIntake } from '../jobs/submit.js';
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
    const isFinished = waitS !== undefined && (await finished.wait([job], waitS * MS_PER_S));
    const known = isFinished || job.replayed ? await ifReadable(finished.read(job.id)) : undefined;
    answer(
      response,
      isFinished && known !== undefined,
      known === undefined ? queuedJob(job, command.request) : jobJson(known),
    );
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

/** What was accepted is answered with its receipt, also while Postgres can't say what became of it. */
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

function applyPreference(request: Request, response: Response): number | undefined {
  const waitS = preferredWait(request.get('prefer'));
  if (waitS !== undefined) response.set('Preference-Applied', `wait=${waitS}`);
  return waitS;
}

function answer(response: Response, isFinished: boolean, body: JobJson | { jobs: JobJson[] }): void {
  if (!isFinished) response.status(202).set('Retry-After', '1');
  response.json(body);
}
