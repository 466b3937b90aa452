import { formatMoney } from '@saldo/ledger';
import {
  createCatalogueOrder,
  ORDER_STATES,
  putCompanyAccount,
  readCatalogueOrder,
  type CatalogueOrder,
  type Database,
} from '@saldo/store';
import { Router } from 'express';
import Joi from 'joi';
import { allow } from '../http/authenticate.js';
import { jsonBody } from '../http/json-body.js';
import { Problem, validationFailed } from '../http/problem.js';
import { MONEY, objectShape, orNull, ref, textShape, TIME, type RouteGroup } from '../openapi/route-docs.js';
import { readBody } from '../validation/check.js';
import { id, text } from '../validation/fields.js';

/** As many as a capture may have lines, since a payment is one capture. */
const ITEMS_MAX = 50;
const QUANTITY_MAX = 1_000_000;
const NAME_MAX = 256;

interface NewOrder {
  readonly user_id: string;
  readonly items: readonly { readonly service_id: string; readonly quantity: number }[];
}

const orderSchema = Joi.object<NewOrder>({
  user_id: id.required(),
  items: Joi.array()
    .items(
      Joi.object({ service_id: id.required(), quantity: Joi.number().integer().min(1).max(QUANTITY_MAX).required() }),
    )
    .min(1)
    .max(ITEMS_MAX)
    .required(),
}).required();

const companyAccountSchema = Joi.object<{ name: string }>({ name: text(1, NAME_MAX).required() }).required();

const ROW_NUMBER = /^[1-9][0-9]{0,9}$/;
const ROW_NUMBER_MAX = 2_147_483_647;

/** `/v1/orders` and `/v1/company-accounts`: what the paths of the Avito balance service find by number. */
export function orderRoutes({ database }: { database: Database }): Router {
  const router = Router();

  router.post('/orders', allow('merchant', 'admin'), jsonBody, async (request, response) => {
    const { user_id: userId, items } = readBody(orderSchema, request.body);
    refuseTwice(items);
    const orderId = await createCatalogueOrder(database, {
      userId,
      items: items.map(({ service_id: serviceId, quantity }) => ({ serviceId, quantity })),
    });
    if (orderId === undefined) {
      throw validationFailed([{ pointer: '/items', detail: 'has a service that is not in the catalogue' }]);
    }
    response
      .status(201)
      .set('Location', `/v1/orders/${orderId}`)
      .json(orderJson(await existing(database, String(orderId))));
  });

  router.get('/orders/:id', async (request, response) => {
    response.json(orderJson(await existing(database, request.params.id)));
  });

  router.put('/company-accounts/:id', allow('admin'), jsonBody, async (request, response) => {
    const { name } = readBody(companyAccountSchema, request.body);
    const accountId = Number(request.params['id']);
    if (!ROW_NUMBER.test(String(request.params['id'])) || accountId > ROW_NUMBER_MAX) {
      throw validationFailed([{ pointer: '/id', detail: `takes a number from 1 to ${ROW_NUMBER_MAX}` }]);
    }
    await putCompanyAccount(database, { id: accountId, name });
    response.json({ id: accountId, name });
  });

  return router;
}

function refuseTwice(items: NewOrder['items']): void {
  const ids = items.map((item) => item.service_id);
  const errors = ids.flatMap((serviceId, index) =>
    ids.indexOf(serviceId) < index
      ? [{ pointer: `/items/${index}/service_id`, detail: 'is in the order already' }]
      : [],
  );
  if (errors.length > 0) throw validationFailed(errors);
}

async function existing(database: Database, number: string): Promise<CatalogueOrder> {
  const order = ROW_NUMBER.test(number) ? await readCatalogueOrder(database, Number(number)) : undefined;
  if (order === undefined) throw new Problem('not_found', 'There is no such order.');
  return order;
}

function orderJson({ id: orderId, ledgerOrderId, userId, state, items, createdAt }: CatalogueOrder): unknown {
  const isPriced = items.every(({ priceUnits }) => priceUnits !== null);
  const total = items.reduce((sum, { quantity, priceUnits }) => sum + BigInt(quantity) * (priceUnits ?? 0n), 0n);
  return {
    id: orderId,
    order_id: ledgerOrderId,
    user_id: userId,
    status: state,
    amount: isPriced ? formatMoney(total) : null,
    items: items.map(({ serviceId, quantity, priceUnits }) => ({
      service_id: serviceId,
      quantity,
      price: priceUnits === null ? null : formatMoney(priceUnits),
    })),
    created_at: createdAt,
  };
}

const EXAMPLE = {
  id: 1001,
  order_id: 'catalogue:1001',
  user_id: '2',
  status: 'not submitted',
  amount: '170000.00',
  items: [
    { service_id: '1', quantity: 1, price: '30000.00' },
    { service_id: '5', quantity: 2, price: '70000.00' },
  ],
  created_at: '2026-11-21T09:10:00.123456Z',
};

export const orderDocs: RouteGroup = {
  tag: 'Catalogue',
  about: 'Services with their names and prices, and the orders of them that `/v1/transactions/*` reserve and pay.',
  schemas: {
    Order: objectShape({
      id: { type: 'integer', description: 'What `/v1/transactions/*` call the order.' },
      order_id: textShape('What the order is called in operations and histories.', 'catalogue:1001'),
      user_id: textShape('Whose it is.', '2'),
      status: { type: 'string', enum: ORDER_STATES, description: 'Follows from the money held for the order.' },
      amount: { ...orNull(MONEY), description: 'Null while a service of it has no price.' },
      items: {
        type: 'array',
        items: objectShape({
          service_id: textShape('The service.', '1'),
          quantity: { type: 'integer' },
          price: { ...orNull(MONEY), description: "For one: the service's, fixed when the order is first reserved." },
        }),
      },
      created_at: TIME,
    }),
    CompanyAccount: objectShape({ id: { type: 'integer' }, name: textShape('What it is called.') }),
  },
  routes: [
    {
      method: 'post',
      path: '/v1/orders',
      summary: 'Order services of the catalogue',
      description: 'Moves no money. A service may be in an order once.',
      roles: ['merchant', 'admin'],
      body: orderSchema,
      bodyExamples: {
        order: {
          user_id: '2',
          items: [
            { service_id: '1', quantity: 1 },
            { service_id: '5', quantity: 2 },
          ],
        },
      },
      answers: { 201: { description: 'The order.', schema: ref('Order'), example: EXAMPLE, headers: ['Location'] } },
      problems: ['validation_failed', 'payload_too_large', 'unsupported_media_type'],
    },
    {
      method: 'get',
      path: '/v1/orders/{id}',
      summary: 'An order and its state',
      answers: { 200: { description: 'The order.', schema: ref('Order'), example: EXAMPLE } },
      problems: ['not_found'],
    },
    {
      method: 'put',
      path: '/v1/company-accounts/{id}',
      summary: 'Name a company account',
      description: 'Orders are paid to one; number 1 where the payment names none.',
      roles: ['admin'],
      pathParameters: { id: Joi.number().integer().min(1).max(ROW_NUMBER_MAX) },
      body: companyAccountSchema,
      bodyExamples: { account: { name: 'Company account' } },
      answers: {
        200: {
          description: 'The account.',
          schema: ref('CompanyAccount'),
          example: { id: 1, name: 'Company account' },
        },
      },
      problems: ['validation_failed', 'payload_too_large', 'unsupported_media_type'],
    },
  ],
};
