import { PROBLEMS } from '../http/problem.js';
import type { Shape } from '../validation/fields.js';
import { objectShape, textShape } from './route-docs.js';

/** Every error's body (RFC 9457). */
export const PROBLEM: Shape = objectShape(
  {
    type: textShape('A URI that names the kind of problem.'),
    title: textShape('The kind of problem in words.'),
    status: { type: 'integer', examples: [400] },
    detail: textShape('What is wrong with this request.'),
    code: { type: 'string', enum: Object.keys(PROBLEMS) },
    instance: textShape('The path that was asked for.'),
    request_id: textShape('To quote when you ask us.'),
    errors: {
      type: 'array',
      description: 'Every bad field at once.',
      items: objectShape({
        pointer: textShape('A JSON pointer into the body, or the name of a parameter or header.', '/amount'),
        detail: textShape('What it takes.'),
      }),
    },
    message: textShape('Beside `detail`, where the system that Saldo replaced answered so.'),
    reason: textShape('Why the ledger refused, on the paths of the systems that Saldo replaced.', 'insufficient_funds'),
  },
  ['errors', 'message', 'reason'],
);
