import { OPERATION_TYPES, PRIORITIES, type OperationRequest, type OperationType } from '@saldo/ledger';
import Joi from 'joi';
import { IDEMPOTENCY_KEY_TAKES, isIdempotencyKey } from '../http/idempotency-key.js';
import { check, type Checked } from './check.js';
import { amount, description, id, metadata, rule } from './fields.js';

const CAPTURE_LINES_MAX = 50;

const COMMON = {
  priority: Joi.valid(...PRIORITIES),
  description,
  metadata,
};

const ofUser = { user_id: id.required(), wallet: id, amount: amount.required() };
const ofOrder = { user_id: id.required(), order_id: id.required(), amount };

/** The fields of each operation. */
const FIELDS: Readonly<Record<OperationType, Joi.SchemaMap>> = {
  deposit: ofUser,
  withdraw: ofUser,
  transfer: {
    from_user_id: id.required(),
    to_user_id: id.required(),
    amount: amount.required(),
    from_wallet: id,
    to_wallet: id,
  },
  reserve: { user_id: id.required(), order_id: id.required(), service_id: id, amount: amount.required(), wallet: id },
  capture: {
    ...ofOrder,
    service_id: id,
    lines: Joi.array()
      .items(Joi.object({ service_id: id.required(), amount: amount.required() }))
      .min(1)
      .max(CAPTURE_LINES_MAX),
  },
  release: { ...ofOrder, service_id: id },
  refund: { ...ofOrder, service_id: id.required() },
};

function compile(type: OperationType, more: Joi.SchemaMap): Joi.ObjectSchema<OperationRequest> {
  const schema = Joi.object<OperationRequest>({
    type: Joi.valid(type).required(),
    ...FIELDS[type],
    ...COMMON,
    ...more,
  });
  if (type !== 'capture') return schema;
  return schema.xor('service_id', 'lines').without('lines', 'amount').messages({
    'object.missing': 'takes service_id or lines',
    'object.xor': 'takes service_id or lines, not both',
    'object.without': 'takes an amount per line, not another one',
  });
}

type Schemas = Readonly<Record<OperationType, Joi.ObjectSchema<OperationRequest>>>;

function compileAll(more: Joi.SchemaMap): Schemas {
  return {
    deposit: compile('deposit', more),
    withdraw: compile('withdraw', more),
    transfer: compile('transfer', more),
    reserve: compile('reserve', more),
    capture: compile('capture', more),
    release: compile('release', more),
    refund: compile('refund', more),
  };
}

/** One compiled schema per type, which are picked by hand: joi's own alternatives would try them one after another. */
export const OPERATION_SCHEMAS = compileAll({});
export const BATCH_ITEM_SCHEMAS = compileAll({
  idempotency_key: rule(
    IDEMPOTENCY_KEY_TAKES,
    (value) => (typeof value === 'string' && isIdempotencyKey(value) ? value : undefined),
    { type: 'string', pattern: '^[!-~]{1,255}$' },
  ),
});

/** Checks one operation. Equal operations come out as equal texts: amounts in one form, fields in one order. */
export function validateOperation(
  input: unknown,
  schemas: Schemas,
  prefix = '',
): Checked<OperationRequest & { idempotency_key?: string }> {
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    return { errors: [{ pointer: prefix, detail: 'takes an object' }] };
  const type: unknown = 'type' in input ? input.type : undefined;
  if (!isOperationType(type))
    return { errors: [{ pointer: `${prefix}/type`, detail: `takes one of ${OPERATION_TYPES.join(', ')}` }] };
  const checked = check(schemas[type], input, prefix);
  return checked.errors === undefined ? { value: inOrder(checked.value) } : checked;
}

function isOperationType(type: unknown): type is OperationType {
  return OPERATION_TYPES.some((known) => known === type);
}

const IN_ORDER = [
  'type',
  'user_id',
  'from_user_id',
  'to_user_id',
  'order_id',
  'service_id',
  'lines',
  'amount',
  'wallet',
  'from_wallet',
  'to_wallet',
  'priority',
  'description',
  'metadata',
  'idempotency_key',
] as const;

function inOrder(
  request: OperationRequest & { idempotency_key?: string },
): OperationRequest & { idempotency_key?: string } {
  const ordered: Record<string, unknown> = {};
  for (const field of IN_ORDER) {
    const value = request[field];
    if (value !== undefined) ordered[field] = value;
  }
  if (request.lines)
    ordered['lines'] = request.lines.map(({ service_id, amount: lineAmount }) => ({ service_id, amount: lineAmount }));
  return { ...ordered, type: request.type };
}
