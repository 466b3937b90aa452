import type { ReportJobJson } from '@saldo/reports';
import type { Request, Response } from 'express';
import { tagsOf } from '../http/entity-tags.js';
import type { JobJson } from '@saldo/store';

const MS_PER_S = 1_000;
/** A caller who has a report's job already gets a new link once theirs is not good for so long any more. */
const LINK_GOOD_FOR_S_MIN = 300;

/** Answers an operation's job, or 304. It changes once, when it finishes, so its id and status tell its states apart. */
export function answerJob(request: Request, response: Response, job: JobJson): void {
  answer(request, response, job, `"${job.id}:${job.status}"`);
}

/** Answers a report's job, or 304. Its states differ in progress too, and in how long the link is good. */
export function answerReportJob(request: Request, response: Response, job: ReportJobJson): void {
  const { id, status, progress, result } = job;
  const prefix = `"${id}:${status}:${progress}:`;
  const expiresAtS = result === null || result.expires_at === null ? 0 : Date.parse(result.expires_at) / MS_PER_S;
  const known = tagsOf(request).find((tag) => tag.startsWith(prefix));
  const knownExpiresAtS = Number(known?.slice(prefix.length, -1));
  const isStillGood =
    expiresAtS > 0 && knownExpiresAtS > Date.now() / MS_PER_S + LINK_GOOD_FOR_S_MIN && knownExpiresAtS <= expiresAtS;
  answer(request, response, job, `${prefix}${isStillGood ? knownExpiresAtS : expiresAtS}"`);
}

function answer(request: Request, response: Response, body: JobJson, etag: string): void {
  response.set('ETag', etag);
  if (tagsOf(request).some((tag) => tag === '*' || tag === etag)) response.status(304).end();
  else response.json(body);
}
