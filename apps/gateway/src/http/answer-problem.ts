import type { Logger } from '@saldo/config';
import { OverloadedError } from '@saldo/queue';
import { isUnavailable } from '@saldo/store';
import type { ErrorRequestHandler, Request, Response } from 'express';
import { requestIdOf } from './request-id.js';
import { Problem, problemBody, PROBLEMS } from './problem.js';

const RETRY_AFTER_S = 1;

/** Answers every error as problem+json. What isn't meant for the caller is logged, and they get its request id. */
export function answerProblems(logger: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const problem = problemOf(error);
    if (problem.code === 'internal' || problem.code === 'overloaded') {
      logger.log(problem.code === 'internal' ? 'error' : 'warn', 'a request failed', {
        request_id: requestIdOf(response),
        error,
      });
    }
    answerProblem(request, response, problem);
  };
}

function answerProblem(request: Request, response: Response, problem: Problem): void {
  if (problem.retryAfter !== undefined) response.set('Retry-After', String(problem.retryAfter));
  if (problem.code === 'unauthorized') response.set('WWW-Authenticate', 'Bearer');
  response
    .status(PROBLEMS[problem.code].status)
    .type('application/problem+json')
    .send(JSON.stringify(problemBody(problem, requestIdOf(response), request.path)));
}

function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof OverloadedError || isUnavailable(error)) {
    return new Problem('overloaded', 'Saldo can not take this just now; try again shortly.', {
      retryAfter: RETRY_AFTER_S,
    });
  }
  return (
    bodyProblem(error) ??
    new Problem('internal', 'The request failed for a reason on our side. Quote the request_id when you ask.')
  );
}

/** Express and its body parser throw errors with a `status` and, for bodies, a `type`. */
function bodyProblem(error: unknown): Problem | undefined {
  if (!(error instanceof Error) || !('status' in error) || typeof error.status !== 'number') return undefined;
  switch (error.status) {
    case 413:
      return new Problem('payload_too_large', 'The body may have 1 MiB at most.');
    case 415:
      return new Problem('unsupported_media_type', 'The body must be application/json in UTF-8.');
    case 400:
      return new Problem('validation_failed', 'The request could not be read.', {
        errors: [{ pointer: '', detail: 'could not be read' }],
      });
    default:
      return undefined;
  }
}
