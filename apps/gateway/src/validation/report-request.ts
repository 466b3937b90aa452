import { FORMATS, MONTH, type OperationsRequest, type ReportRequest } from '@saldo/reports';
import Joi from 'joi';
import { validationFailed } from '../http/problem.js';
import { check, readBody } from './check.js';
import { id, rule, time } from './fields.js';

/** A closing is ordered by closing its month. */
export type OrderedRequest = Exclude<ReportRequest, { type: 'closing' }>;

export const month = rule(
  'takes a month as in 2026-11',
  (value) => (typeof value === 'string' && MONTH.test(value) ? value : undefined),
  { type: 'string', pattern: MONTH.source },
);

const format = Joi.valid(...FORMATS).default('csv');

/** One per type of report. */
export const REPORT_SCHEMAS = {
  revenue: Joi.object<OrderedRequest>({ type: Joi.valid('revenue'), period: month.required(), format }),
  statement: Joi.object<OrderedRequest>({
    type: Joi.valid('statement'),
    user_id: id.required(),
    from: time.required(),
    to: time.required(),
    format,
  }),
  'trial-balance': Joi.object<OrderedRequest>({ type: Joi.valid('trial-balance'), at: time, format }),
  operations: Joi.object<OperationsRequest>({
    type: Joi.valid('operations'),
    period: month,
    from: time,
    to: time,
    format,
  })
    .xor('period', 'from')
    .and('from', 'to')
    .messages({
      'object.missing': 'takes a period, or from and to',
      'object.xor': 'takes a period, or from and to, not both',
      'object.and': 'takes from and to together',
    }),
} as const;

const typeSchema = Joi.object<{ type: keyof typeof REPORT_SCHEMAS }>({
  type: Joi.valid(...Object.keys(REPORT_SCHEMAS)).required(),
})
  .unknown()
  .required();

/** Checks what a report is asked for with. Throws `validation_failed` with all that is wrong. */
export function readReportRequest(body: unknown): OrderedRequest {
  const { type } = readBody(typeSchema, body);
  const checked = check<OrderedRequest>(REPORT_SCHEMAS[type], body);
  if (checked.errors !== undefined) throw validationFailed(checked.errors);
  const request = checked.value;
  if (
    'from' in request &&
    request.from !== undefined &&
    request.to !== undefined &&
    !isBefore(request.from, request.to)
  )
    throw validationFailed([{ pointer: '/to', detail: 'has to be later than from' }]);
  return request;
}

function isBefore(from: string, to: string): boolean {
  return Date.parse(from) < Date.parse(to);
}
