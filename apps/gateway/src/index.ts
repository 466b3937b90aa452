import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger, Settings } from '@saldo/config';
import { AppliedWatch, connectCarrier, Intake, Waker } from '@saldo/queue';
import {
  acceptOperations,
  connectDatabase,
  readProgress,
  SERVICE_ROLE,
  type AcceptedJob,
  type NewJob,
} from '@saldo/store';
import { createApp } from './app.js';
import { Authenticator } from './http/authenticate.js';
import { FinishedJobs } from './jobs/finished-jobs.js';

const POOL_MAX = 8;
const FLUSH_MAX = 2_000;
const WAITING_MAX = 50_000;
/** So long a gateway that stops is still there to say so, for whoever sends it requests to send them elsewhere. */
const NOT_READY_MS = 250;
const CLOSE_IDLE_MS = 50;

/**
 * Serves HTTP until it is stopped. Rejects if it can't listen. Stopping: `/readyz` turns 503, waiting polls are
 * answered with what is known, and it resolves when the last answer is out.
 */
export async function startGateway(
  settings: Settings & { readonly databaseUrl: string },
  logger: Logger,
): Promise<{ url: string; stop(): Promise<void> }> {
  const { databaseUrl, redisUrl, lanes, host, port, backlogMax } = settings;
  const database = connectDatabase(databaseUrl, { poolMax: POOL_MAX, name: 'saldo-gateway', isService: true });
  const carrier = connectCarrier({
    redisUrl,
    databaseUrl,
    databaseRole: SERVICE_ROLE,
    workers: 0,
    onError: (error) => logger.warn('the queue reports an error', { error }),
  });
  const waker = new Waker(carrier, (error) => logger.warn('an envelope could not be sent; trying again', { error }));
  const watch = new AppliedWatch({
    readProgress: () => readProgress(database),
    onMove: (move) => waker.applied(move),
    onError: (error) => logger.warn('the cursors could not be read', { error }),
  });
  const intake = new Intake<NewJob, AcceptedJob>({
    accept: (submissions) => acceptOperations(database, lanes, submissions),
    wake: (accepted) => {
      watch.accepted(accepted);
      waker.wake(accepted);
    },
    flushMax: FLUSH_MAX,
    waitingMax: WAITING_MAX,
    backlog: () => watch.backlog,
    backlogMax,
  });
  const authenticator = new Authenticator(database);
  let isStopping = false;
  const app = createApp({
    logger,
    database,
    authenticator,
    intake,
    finished: new FinishedJobs(database, watch),
    bus: carrier.bus,
    lanes,
    isStopping: () => isStopping,
  });
  await Promise.all([watch.start(carrier.bus), authenticator.start(carrier.bus)]);
  const server = await listen(app, host, port);
  const url = urlOf(server, host);
  logger.info('gateway listens', { url, lanes, queue: redisUrl === undefined ? 'postgres' : 'redis' });
  return {
    url,
    stop: async () => {
      isStopping = true;
      watch.close();
      await sleep(NOT_READY_MS);
      await closeServer(server);
      waker.close();
      await carrier.close();
      await database.close();
      logger.info('gateway stopped');
    },
  };
}

function listen(app: ReturnType<typeof createApp>, host: string, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = app.listen(port, host, (error) => {
      if (error) reject(error);
      else resolve(server);
    });
  });
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
