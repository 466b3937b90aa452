import Joi from 'joi';
import { rule } from '../validation/fields.js';

/** A number of a row, as the old systems had them: 1, 2, 3, … Digits in a text are taken too. */
export const rowNumber = rule(
  'takes a whole number of 1 or more',
  (value) => {
    const number = typeof value === 'string' && /^[0-9]{1,16}$/.test(value) ? Number(value) : value;
    return typeof number === 'number' && Number.isSafeInteger(number) && number > 0 ? number : undefined;
  },
  { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
);

/** A body of the old systems: fields that they didn't know, they ignored. */
export function oldBody<Body>(fields: Joi.SchemaMap<Body>): Joi.ObjectSchema<Body> {
  return Joi.object<Body>(fields).options({ stripUnknown: true }).required();
}
