import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger, Settings } from '@saldo/config';
import { connectCarrier, wakeEndpoint, type Carrier } from '@saldo/queue';
import { connectDatabase, SERVICE_ROLE } from '@saldo/store';
import { SecretBox } from '@saldo/webhooks';
import type { Express } from 'express';
import { createApp } from './app.js';
import { answerMalformed } from './http/answer-malformed.js';
import { Authenticator } from './http/authenticate.js';
import { createHttpServer } from './http/create-server.js';
import { connectIntake } from './jobs/connect-intake.js';
import { FinishedJobs } from './jobs/finished-jobs.js';
import { ReportDesk } from './reports/report-desk.js';

export { createHttpServer };

const POOL_MAX = 8;
/** So long a gateway that stops is still there to say so, for whoever sends it requests to send them elsewhere. */
const NOT_READY_MS = 250;
const CLOSE_IDLE_MS = 50;
/** While the queue is away, nobody waits for it: a sweep finds what was accepted. */
const LAST_ENVELOPES_MS_MAX = 1_000;

/**
 * Serves HTTP until it is stopped. Rejects if it can't listen. Stopping: `/readyz` turns 503, waiting polls are
 * answered with what is known, and it resolves when the last answer is out. `routes` are all it has: `get /v1/jobs/{id}`.
 */
export async function startGateway(
  settings: Settings & { readonly databaseUrl: string },
  logger: Logger,
): Promise<{ url: string; routes: readonly string[]; stop(): Promise<void> }> {
  const { databaseUrl, redisUrl, lanes, host, port, secretKey, backlogMax } = settings;
  const database = connectDatabase(databaseUrl, { poolMax: POOL_MAX, name: 'saldo-gateway', isService: true });
  const carrier = connectCarrier({
    redisUrl,
    databaseUrl,
    databaseRole: SERVICE_ROLE,
    workers: 0,
    onError: (error) => logger.warn('the queue reports an error', { error }),
  });
  const { intake, watch, waker } = connectIntake({ database, carrier, lanes, backlogMax, logger });
  const authenticator = new Authenticator(database);
  const wake = (endpointIds: readonly number[]): void => wakeEndpoints(carrier, endpointIds, logger);
  const reports = new ReportDesk({ database, carrier, logger, wakeEndpoints: wake });
  let isStopping = false;
  const { app, routes } = createApp({
    logger,
    database,
    authenticator,
    intake,
    finished: new FinishedJobs(database, watch),
    bus: carrier.bus,
    reports,
    reportsDir: settings.reportsDir,
    lanes,
    webhooks: {
      database,
      logger,
      secretBox: secretKey && new SecretBox(secretKey),
      allowPrivate: settings.allowPrivateWebhooks,
      wake,
    },
    isStopping: () => isStopping,
  });
  await Promise.all([watch.start(carrier.bus), authenticator.start(carrier.bus), reports.ended.start(carrier.bus)]);
  const server = await listen(app, host, port);
  const url = urlOf(server, host);
  logger.info('gateway listens', { url, lanes, queue: redisUrl === undefined ? 'postgres' : 'redis' });
  return {
    url,
    routes,
    stop: async () => {
      isStopping = true;
      watch.close();
      reports.ended.close();
      await sleep(NOT_READY_MS);
      await closeServer(server);
      await Promise.race([waker.close(), sleep(LAST_ENVELOPES_MS_MAX, undefined, { ref: false })]);
      await carrier.close();
      await database.close();
      logger.info('gateway stopped');
    },
  };
}

function wakeEndpoints(carrier: Carrier, endpointIds: readonly number[], logger: Logger): void {
  for (const endpointId of endpointIds) {
    wakeEndpoint(carrier, endpointId).catch((error: unknown) =>
      logger.warn('a webhook endpoint could not be woken; a sweep will', { endpointId, error }),
    );
  }
}

async function listen(app: Express, host: string, port: number): Promise<Server> {
  const server = createHttpServer(app).on('clientError', answerMalformed).listen(port, host);
  await once(server, 'listening');
  return server;
}

function urlOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Answers what is under way; connections that a client keeps open are closed after their answer. */
function closeServer(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    const closing = setInterval(() => server.closeIdleConnections(), CLOSE_IDLE_MS);
    server.close((error) => {
      clearInterval(closing);
      if (error) reject(error);
      else resolve();
    });
  });
}
