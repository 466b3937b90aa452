import { ACCEPTED } from '../../jobs/job-shape.js';
import { objectShape, ref, textShape, type RouteDocs, type RouteGroup } from '../../openapi/route-docs.js';
import { amount, text } from '../../validation/fields.js';
import { oldBody, rowNumber } from '../old-fields.js';

const TEXT_MAX = 256;

export const clientBody = oldBody<{ login: string; name: string }>({
  login: text(1, TEXT_MAX).required(),
  name: text(1, TEXT_MAX).required(),
});

export const resupplyBody = oldBody<{ walletId: number; amount: string }>({
  walletId: rowNumber.required(),
  amount: amount.required(),
});

export const transferBody = oldBody<{ walletFromId: number; walletToId: number; amount: string }>({
  walletFromId: rowNumber.required(),
  walletToId: rowNumber.required(),
  amount: amount.required(),
});

const SNAKE_CASE: Readonly<Record<string, string>> = {
  wallet_id: 'walletId',
  wallet_from_id: 'walletFromId',
  wallet_to_id: 'walletToId',
};

/** The body with the names that simple-billing showed, for a client that sends those it had inside. */
export function inCamelCase(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [SNAKE_CASE[name] ?? name, value as unknown]));
}

const MONEY_NUMBER = { type: 'number' } as const;
const WALLET_ID = { type: 'integer', minimum: 1 } as const;
const JOB_ID = { type: 'string', format: 'uuid', description: "The job's id." } as const;
const NUMBER = '019aa5c7-3a5e-7c10-9d5a-5f2f6f1c8a01';

const common = {
  roles: ['merchant', 'admin'],
  problems: ['bad_request', 'unprocessable', 'payload_too_large', 'unsupported_media_type'],
} as const satisfies Partial<RouteDocs>;

const moving = {
  ...common,
  description: 'Waits up to 10 seconds for the outcome. Names in snake_case are taken too.',
  headers: ['Prefer-async', 'Idempotency-Key'],
} as const satisfies Partial<RouteDocs>;

export const simpleBillingDocs: RouteGroup = {
  tag: 'simple-billing',
  about:
    'What clients of simple-billing send, at the root. Client 3 is user `client:3` of the native paths; wallets are ' +
    'numbers here. Money is a JSON number.',
  schemas: {
    BillingClient: objectShape({
      login: textShape('What the client is known by.', 'myLogin'),
      name: textShape('What the client is called.', 'Иванов Иван'),
      id: { type: 'integer' },
      walletId: WALLET_ID,
    }),
    BillingWallet: objectShape({ clientId: { type: 'integer' }, walletId: WALLET_ID }),
    Resupply: objectShape({
      walletId: WALLET_ID,
      amount: MONEY_NUMBER,
      transactionNumber: JOB_ID,
      walletBalance: MONEY_NUMBER,
    }),
    WalletTransfer: objectShape({
      walletFromId: WALLET_ID,
      walletToId: WALLET_ID,
      amount: MONEY_NUMBER,
      transactionNumber: JOB_ID,
      walletFromBalance: MONEY_NUMBER,
      walletToBalance: MONEY_NUMBER,
    }),
  },
  routes: [
    {
      ...common,
      method: 'post',
      path: '/clients',
      summary: 'Make a client and its first wallet',
      body: clientBody,
      bodyExamples: { client: { login: 'myLogin', name: 'Иванов Иван' } },
      answers: {
        201: {
          description: 'Both were made.',
          schema: ref('BillingClient'),
          example: { login: 'myLogin', name: 'Иванов Иван', id: 3, walletId: 2 },
        },
      },
    },
    {
      ...common,
      method: 'post',
      path: '/clients/{id}/wallets',
      summary: 'Make another wallet of a client',
      description: 'simple-billing had it in its tables, but no path for it.',
      pathParameters: { id: rowNumber },
      answers: {
        201: {
          description: 'It was made.',
          schema: ref('BillingWallet'),
          example: { clientId: 3, walletId: 4 },
        },
      },
      problems: ['not_found'],
    },
    {
      ...moving,
      method: 'post',
      path: '/resupplies',
      summary: "Bring money into a client's wallet",
      body: resupplyBody,
      bodyExamples: { resupply: { walletId: 1, amount: 500.5 } },
      answers: {
        201: {
          description: 'It is in the wallet.',
          schema: ref('Resupply'),
          example: { walletId: 1, amount: 500.5, transactionNumber: NUMBER, walletBalance: 1001 },
          headers: ['Preference-Applied', 'Idempotent-Replayed'],
        },
        202: ACCEPTED,
      },
    },
    {
      ...moving,
      method: 'post',
      path: '/transfers',
      summary: 'Move money from one wallet to another',
      body: transferBody,
      bodyExamples: { transfer: { walletFromId: 1, walletToId: 2, amount: 1000 } },
      answers: {
        201: {
          description: 'It has moved.',
          schema: ref('WalletTransfer'),
          example: {
            walletFromId: 1,
            walletToId: 2,
            amount: 1000,
            transactionNumber: NUMBER,
            walletFromBalance: 1,
            walletToBalance: 1000,
          },
          headers: ['Preference-Applied', 'Idempotent-Replayed'],
        },
        202: ACCEPTED,
      },
    },
  ],
};
