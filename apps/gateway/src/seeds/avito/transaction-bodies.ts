import Joi from 'joi';
import { ACCEPTED } from '../../jobs/job-shape.js';
import { ref, type RouteDocs, type RouteGroup } from '../../openapi/route-docs.js';
import { amount } from '../../validation/fields.js';
import { oldBody, rowNumber } from '../old-fields.js';

const COMPANY_ACCOUNT_DEFAULT = 1;

/** The path says what it is; a client that says so too must not mean something else. */
const typeIs = (type: string): Joi.Schema<string> => Joi.valid(type);

export const depositBody = oldBody<{ type?: string; amount: string; to_user_id: number }>({
  type: typeIs('deposit'),
  amount: amount.required(),
  to_user_id: rowNumber.required(),
});

export const transferBody = oldBody<{ type?: string; amount: string; from_user_id: number; to_user_id: number }>({
  type: typeIs('funds transfer'),
  amount: amount.required(),
  from_user_id: rowNumber.required(),
  to_user_id: rowNumber.required(),
});

export const orderBody = oldBody<{ type?: string; order_id: number }>({
  type: typeIs('reserve'),
  order_id: rowNumber.required(),
});

export const refundBody = oldBody<{ type?: string; order_id: number }>({
  type: typeIs('reserve refund'),
  order_id: rowNumber.required(),
});

export const paymentBody = oldBody<{ type?: string; order_id: number; to_company_account: number }>({
  type: typeIs('payment to company'),
  order_id: rowNumber.required(),
  to_company_account: rowNumber.default(COMPANY_ACCOUNT_DEFAULT),
});

function routeDocs(
  name: string,
  summary: string,
  body: Joi.Schema,
  bodyExample: Readonly<Record<string, unknown>>,
  words: string,
): RouteDocs {
  const at = '2026-11-21T01:40:55.779889';
  return {
    method: 'patch',
    path: `/v1/transactions/${name}`,
    summary,
    description: 'Waits up to 10 seconds for the outcome.',
    roles: ['merchant', 'admin'],
    headers: ['Prefer-async', 'Idempotency-Key'],
    body,
    bodyExamples: { [name]: bodyExample },
    answers: {
      200: {
        description: 'What was done.',
        schema: ref('AvitoTransaction'),
        example: {
          description: `Money in the amount of ${words} on ${at.replace('T', ' ')}.`,
          date: at,
          amount: Number.parseFloat(words),
          ...bodyExample,
        },
        headers: ['Preference-Applied', 'Idempotent-Replayed'],
      },
      202: ACCEPTED,
    },
    problems: ['not_found', 'unprocessable', 'payload_too_large', 'unsupported_media_type'],
  };
}

export const transactionsDocs: RouteGroup = {
  tag: 'Avito: transactions',
  about:
    'How clients of the Avito balance service move money. The state of an order follows from the money held for it.',
  routes: [
    routeDocs(
      'deposit',
      'Bring money in for a user',
      depositBody,
      { type: 'deposit', amount: 199.99, to_user_id: 2 },
      '199.99USD was deposited to user 2 from external services',
    ),
    routeDocs(
      'transfer',
      'Move money from one user to another',
      transferBody,
      { type: 'funds transfer', amount: 500, from_user_id: 1, to_user_id: 2 },
      '500USD was transferred from user 1 to user 2',
    ),
    routeDocs(
      'reserve',
      "Reserve an order's price",
      orderBody,
      { type: 'reserve', order_id: 2 },
      '170000USD was reserved on user 2 reserve account as per the order 2',
    ),
    routeDocs(
      'reserve-refund',
      "Cancel an order and give its user's money back",
      refundBody,
      { type: 'reserve refund', order_id: 2 },
      '170000USD was refunded to user 2 account from his/her reserve account as per the order 2',
    ),
    routeDocs(
      'make-payment',
      'Pay for an order: revenue for each of its services',
      paymentBody,
      { type: 'payment to company', order_id: 1, to_company_account: 1 },
      '350000USD was paid by user 1 to the company account as per the order 1',
    ),
  ],
};
