import { AMOUNT_UNITS_MAX, formatMoney, parseMoney } from '@saldo/ledger';
import Joi from 'joi';

const ID = /^[A-Za-z0-9._:-]{1,64}$/;
const DESCRIPTION_MAX = 1_000;
const METADATA_KEYS_MAX = 16;
const METADATA_BYTES_MAX = 4_096;

/** What a rule takes as JSON Schema says it, for whoever reads the description of the API rather than its code. */
export type Shape = Readonly<Record<string, unknown>>;

/** A rule in words of its own: `check` answers the value to keep, or undefined to refuse. */
export function rule<Value>(
  takes: string,
  check: (value: unknown) => Value | undefined,
  shape: Shape,
): Joi.AnySchema<Value> {
  return Joi.any<Value>()
    .custom((value: unknown, helpers): unknown => check(value) ?? helpers.message({ custom: takes }))
    .meta({ shape });
}

/** Users, orders, services, wallets. An integer is taken as its digits, if JSON can carry it exactly. */
export const id = rule(
  'takes 1 to 64 of A-Z a-z 0-9 . _ : - (or an integer below 2^53)',
  (value) => {
    const text = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? String(value) : value;
    return typeof text === 'string' && ID.test(text) ? text : undefined;
  },
  { type: ['string', 'integer'], pattern: ID.source, minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
);

/** Money to move: greater than 0, kept in the shortest form that has at least two places. */
export const amount = rule(
  'takes a decimal greater than 0, at most 100000000000.0000, with at most 4 places and no sign or exponent',
  (value) => {
    const text = typeof value === 'number' ? String(value) : value;
    const units = typeof text === 'string' ? parseMoney(text) : undefined;
    return units !== undefined && units > 0n && units <= AMOUNT_UNITS_MAX ? formatMoney(units) : undefined;
  },
  {
    type: ['string', 'number'],
    pattern: '^(0|[1-9][0-9]{0,11})([.][0-9]{1,4})?$',
    exclusiveMinimum: 0,
    maximum: 100_000_000_000,
    description: 'Greater than 0, at most 100000000000.0000, with at most 4 places and no exponent.',
  },
);

/** Text that Postgres can keep and that comes out as it went in. */
export function text(min: number, max: number): Joi.AnySchema<string> {
  return rule(
    `takes a text of ${min} to ${max} characters, without NUL`,
    (value) =>
      typeof value === 'string' && value.length >= min && value.length <= max && isStorable(value) ? value : undefined,
    { type: 'string', minLength: min, maxLength: max },
  );
}

export const description = text(0, DESCRIPTION_MAX);

/** The caller's own flat notes, kept with their keys in order so that equal ones are equal texts. */
export const metadata = rule(
  `takes an object of at most ${METADATA_KEYS_MAX} keys and ${METADATA_BYTES_MAX} bytes, whose values are texts, numbers, booleans or null`,
  (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    const isFlat = entries.every(
      ([key, item]) =>
        isStorable(key) &&
        (item === null ||
          typeof item === 'number' ||
          typeof item === 'boolean' ||
          (typeof item === 'string' && isStorable(item))),
    );
    if (!isFlat || entries.length > METADATA_KEYS_MAX || Buffer.byteLength(JSON.stringify(value)) > METADATA_BYTES_MAX)
      return undefined;
    return Object.fromEntries(entries);
  },
  {
    type: 'object',
    maxProperties: METADATA_KEYS_MAX,
    additionalProperties: { type: ['string', 'number', 'boolean', 'null'] },
    description: `Your own notes, at most ${METADATA_BYTES_MAX} bytes of JSON.`,
  },
);

function isStorable(value: string): boolean {
  return value.isWellFormed() && !value.includes('\0');
}
