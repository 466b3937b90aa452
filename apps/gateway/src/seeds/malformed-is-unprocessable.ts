import type { ErrorRequestHandler } from 'express';
import { Problem } from '../http/problem.js';

/** The last of an old system's router: what is malformed on its paths is 422, as it was, and 400 everywhere else. */
export const malformedIsUnprocessable: ErrorRequestHandler = (error: unknown, _request, _response, next) => {
  const isMalformed = error instanceof Problem && error.code === 'validation_failed';
  next(isMalformed ? new Problem('unprocessable', error.message, { errors: error.errors }) : error);
};
