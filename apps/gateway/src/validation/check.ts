import type Joi from 'joi';
import { jsonPointer, validationFailed, type FieldError } from '../http/problem.js';

export type Checked<Value> =
  { readonly value: Value; readonly errors?: undefined } | { readonly errors: readonly FieldError[] };

/**
 * Checks input against a schema: the value that the schema makes of it, or every field that is wrong. Pointers start
 * with `prefix`. Nothing is converted: a body says what it means.
 */
export function check<Value>(schema: Joi.Schema<Value>, input: unknown, prefix = ''): Checked<Value> {
  return run(schema, input, { prefix, convert: false });
}

/** The same for a whole body: throws `validation_failed` with all that is wrong. */
export function readBody<Value>(schema: Joi.Schema<Value>, body: unknown): Value {
  return valueOf(check(schema, body));
}

/** The same for a query string, whose values are all texts: numbers are made of those that have to be. */
export function readQuery<Value>(schema: Joi.Schema<Value>, query: unknown): Value {
  return valueOf(run(schema, query, { prefix: '', convert: true }));
}

function run<Value>(
  schema: Joi.Schema<Value>,
  input: unknown,
  { prefix, convert }: { prefix: string; convert: boolean },
): Checked<Value> {
  const result: { error?: Joi.ValidationError | undefined; value?: unknown } = schema.validate(input, {
    abortEarly: false,
    convert,
  });
  if (result.error) return { errors: result.error.details.map((detail) => fieldErrorOf(detail, prefix)) };
  // What a schema lets through is what its type parameter says.
  return { value: result.value as Value };
}

function valueOf<Value>(checked: Checked<Value>): Value {
  if (checked.errors !== undefined) throw validationFailed(checked.errors);
  return checked.value;
}

/** Joi's words without the field's name, which the pointer says already. */
function fieldErrorOf(detail: Joi.ValidationErrorItem, prefix: string): FieldError {
  return {
    pointer: prefix + jsonPointer(detail.path),
    detail: detail.message.replace(/^"[^"]*" /, '').replace(/^is not allowed$/, 'is not a field that is taken here'),
  };
}
