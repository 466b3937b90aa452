import type { Logger } from '@saldo/config';
import type { Bus } from '@saldo/queue';
import type { Database } from '@saldo/store';
import express, { type Express } from 'express';
import { answerProblems } from './http/answer-problem.js';
import type { Authenticator } from './http/authenticate.js';
import { Problem } from './http/problem.js';
import { requestId } from './http/request-id.js';
import type { FinishedJobs } from './jobs/finished-jobs.js';
import type { OperationIntake } from './jobs/submit.js';
import { listRoutes, type Mount } from './openapi/list-routes.js';
import type { RouteGroup } from './openapi/route-docs.js';
import { apiKeyDocs, apiKeyRoutes } from './routes/api-keys.js';
import { docsRoutes } from './routes/docs.js';
import { healthDocs, healthRoutes } from './routes/health.js';
import { jobDocs, jobRoutes } from './routes/jobs.js';
import { operationDocs, operationRoutes } from './routes/operations.js';
import { orderDocs, orderRoutes } from './routes/orders.js';
import { serviceDocs, serviceRoutes } from './routes/services.js';
import { userDocs, userRoutes } from './routes/users.js';
import { informationDocs, informationRoutes } from './seeds/avito/information.js';
import { monthlyReportDocs, monthlyReportRoutes } from './seeds/avito/monthly-report.js';
import { transactionsDocs } from './seeds/avito/transaction-bodies.js';
import { transactionRoutes } from './seeds/avito/transactions.js';
import { simpleBillingDocs } from './seeds/simple-billing/bodies.js';
import { simpleBillingRoutes } from './seeds/simple-billing/routes.js';
import { VERSION } from './version.js';
import { eventRoutes } from './routes/events.js';
import { webhookDeliveryRoutes } from './routes/webhook-deliveries.js';
import { webhookEndpointRoutes } from './routes/webhook-endpoints.js';
import { reportDocs } from './routes/report-docs.js';
import { webhookDocs } from './routes/webhook-docs.js';
import type { WebhookParts } from './webhooks/webhook-parts.js';
import type { ReportDesk } from './reports/report-desk.js';
import { periodRoutes } from './routes/periods.js';
import { reportFileRoutes } from './routes/report-files.js';
import { reportScheduleRoutes } from './routes/report-schedules.js';
import { reportRoutes } from './routes/reports.js';

export interface AppParts {
  readonly logger: Logger;
  readonly database: Database;
  readonly authenticator: Authenticator;
  readonly intake: OperationIntake;
  readonly finished: FinishedJobs;
  readonly bus: Bus;
  readonly reports: ReportDesk;
  /** Where the workers put the files of reports. */
  readonly reportsDir: string;
  readonly lanes: number;
  readonly webhooks: WebhookParts;
  readonly isStopping: () => boolean;
}

/** What the routes say about themselves, in the order in which it is read. */
const DOCS: readonly RouteGroup[] = [
  operationDocs,
  jobDocs,
  userDocs,
  serviceDocs,
  orderDocs,
  apiKeyDocs,
  reportDocs,
  webhookDocs,
  informationDocs,
  transactionsDocs,
  monthlyReportDocs,
  simpleBillingDocs,
  healthDocs,
];

/** Whoever asks may use these, without a key. */
function openRouters(parts: AppParts): Mount[] {
  return [
    ['', healthRoutes(parts)],
    ['', docsRoutes(DOCS, VERSION)],
    ['', reportFileRoutes(parts)],
  ];
}

/** These take a key. */
function versionedRouters(parts: AppParts): Mount[] {
  return [
    ['/v1', operationRoutes(parts)],
    ['/v1', jobRoutes(parts)],
    ['/v1', userRoutes(parts)],
    ['/v1', serviceRoutes(parts)],
    ['/v1', orderRoutes(parts)],
    ['/v1', apiKeyRoutes(parts)],
    ['/v1', reportRoutes(parts)],
    ['/v1', periodRoutes(parts)],
    ['/v1', reportScheduleRoutes(parts)],
    ['/v1', webhookEndpointRoutes(parts.webhooks)],
    ['/v1', webhookDeliveryRoutes(parts.webhooks)],
    ['/v1', eventRoutes(parts)],
    ['/v1', informationRoutes(parts)],
    ['/v1', transactionRoutes(parts)],
    ['/v1', monthlyReportRoutes(parts)],
  ];
}

/** Every route of the gateway, in the order in which a request meets them; `routes` lists them. */
export function createApp(parts: AppParts): { app: Express; routes: readonly string[] } {
  const { require } = parts.authenticator;
  const versioned = versionedRouters(parts);
  const open = openRouters(parts);
  const old = simpleBillingRoutes(parts);
  const app = express();
  app.disable('x-powered-by');
  // Jobs say their own ETag; hashing every other answer would cost more than it saves.
  app.disable('etag');
  app.use(requestId(parts.logger));
  app.use((_request, response, next) => {
    response.setHeader('X-Content-Type-Options', 'nosniff').setHeader('Cache-Control', 'no-store');
    // Else a client that never pauses would keep its connection, and with it the gateway from ending.
    if (parts.isStopping()) response.set('Connection', 'close');
    next();
  });
  // What comes in most is met first: nothing under /v1 is open.
  app.use('/v1', require);
  for (const [prefix, router] of versioned) app.use(prefix, router);
  for (const [prefix, router] of open) app.use(prefix, router);
  app.use(require, old);
  app.use((request) => {
    throw new Problem('not_found', `There is no ${request.method} ${request.path}.`);
  });
  app.use(answerProblems(parts.logger));
  return { app, routes: listRoutes([...versioned, ...open, ['', old]]) };
}
