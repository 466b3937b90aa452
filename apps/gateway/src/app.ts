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
import { apiKeyRoutes } from './routes/api-keys.js';
import { healthRoutes } from './routes/health.js';
import type { ReportDesk } from './reports/report-desk.js';
import { jobRoutes } from './routes/jobs.js';
import { operationRoutes } from './routes/operations.js';
import { periodRoutes } from './routes/periods.js';
import { reportFileRoutes } from './routes/report-files.js';
import { reportScheduleRoutes } from './routes/report-schedules.js';
import { reportRoutes } from './routes/reports.js';
import { serviceRoutes } from './routes/services.js';
import { userRoutes } from './routes/users.js';

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
  readonly isStopping: () => boolean;
}

/** Every route of the gateway, in the order in which a request meets them. */
export function createApp(parts: AppParts): Express {
  const app = express();
  app.disable('x-powered-by');
  // Jobs say their own ETag; hashing every other answer would cost more than it saves.
  app.disable('etag');
  app.use(requestId(parts.logger));
  app.use((_request, response, next) => {
    response.set({ 'X-Content-Type-Options': 'nosniff', 'Cache-Control': 'no-store' });
    // Else a client that never pauses would keep its connection, and with it the gateway from ending.
    if (parts.isStopping()) response.set('Connection', 'close');
    next();
  });
  app.use(healthRoutes(parts), reportFileRoutes(parts));
  app.use(parts.authenticator.require);
  app.use(
    '/v1',
    operationRoutes(parts),
    jobRoutes(parts),
    userRoutes(parts),
    serviceRoutes(parts),
    reportRoutes(parts),
    periodRoutes(parts),
    reportScheduleRoutes(parts),
    apiKeyRoutes(parts),
  );
  app.use((request) => {
    throw new Problem('not_found', `There is no ${request.method} ${request.path}.`);
  });
  app.use(answerProblems(parts.logger));
  return app;
}
