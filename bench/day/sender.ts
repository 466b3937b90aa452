import { setTimeout as sleep } from 'node:timers/promises';
import { payerOf, type OperationRequest } from '@saldo/ledger';
import { Client } from 'undici';
import type { Random } from '../load/random.js';

const BATCH_MAX = 50;
/** Of the requests; the others have a batch each. */
const SINGLE_SHARE = 0.8;
const WAIT_S = 30;
/** So long an outcome may take at most, in all. */
const OUTCOME_MS_MAX = 300_000;

interface Job {
  readonly id: string;
  readonly status: string;
  readonly created_at: string;
  readonly finished_at: string | null;
  readonly error: { readonly code: string } | null;
}

export interface Progress {
  accepted: number;
  finished: number;
}

/** What became of an operation. */
export interface Outcome {
  /** `completed`, or why not; `no outcome` if it took too long. */
  readonly end: string;
  readonly acceptedAt: string;
  /** Null without an outcome. */
  readonly appliedAt: string | null;
}

/** How the operations of one sender ended. */
export interface Sent {
  readonly singles: number;
  readonly batches: number;
  /** By job id. */
  readonly outcomes: ReadonlyMap<string, Outcome>;
}

export interface SenderOptions {
  readonly url: string;
  readonly key: string;
  readonly random: Random;
  readonly progress: Progress;
}

/** Gives each user's operations to one of the senders, in order. Money is taken by the payer, so a transfer is theirs. */
export function shareOut(operations: readonly OperationRequest[], senders: number): OperationRequest[][] {
  const shares = Array.from({ length: senders }, (): OperationRequest[] => []);
  const senderOf = new Map<string, number>();
  for (const operation of operations) {
    const user = payerOf(operation);
    const sender = senderOf.get(user) ?? senderOf.size % senders;
    senderOf.set(user, sender);
    shares[sender]?.push(operation);
  }
  return shares;
}

/**
 * Sends operations one request after another over one connection, some alone and some in batches, then waits for the
 * outcome of each. Throws for any answer other than the contract promises.
 */
export async function send(operations: readonly OperationRequest[], options: SenderOptions): Promise<Sent> {
  const connection = new Client(options.url, { headersTimeout: 60_000, bodyTimeout: 60_000 });
  try {
    const ids: string[] = [];
    let [singles, batches] = [0, 0];
    for (let next = 0; next < operations.length;) {
      const count = options.random() < SINGLE_SHARE ? 1 : 2 + Math.floor(options.random() * (BATCH_MAX - 1));
      const part = operations.slice(next, next + count);
      ids.push(...(await submit(connection, options, part)));
      if (part.length === 1) singles += 1;
      else batches += 1;
      next += part.length;
      options.progress.accepted += part.length;
    }
    return { singles, batches, outcomes: await waitForAll(connection, options, ids) };
  } finally {
    await connection.close();
  }
}

/** Sends a request until it is accepted: an overloaded gateway says when to come again. */
async function submit(
  connection: Client,
  options: SenderOptions,
  operations: readonly OperationRequest[],
): Promise<string[]> {
  const [single] = operations;
  const [path, body] = operations.length === 1 ? ['/v1/operations', single] : ['/v1/operations/batch', { operations }];
  for (;;) {
    const { status, retryAfterS, json } = await ask(connection, options.key, 'POST', path, body);
    if (status === 202) {
      const jobs = 'jobs' in json ? json.jobs : [json];
      if (jobs.length !== operations.length)
        throw new Error(`${operations.length} operations, but ${jobs.length} jobs`);
      return jobs.map((job) => job.id);
    }
    if (status !== 503 && status !== 429) throw new Error(`${path} was answered ${status}: ${JSON.stringify(json)}`);
    await sleep(retryAfterS * 1_000);
  }
}

async function waitForAll(
  connection: Client,
  options: SenderOptions,
  ids: readonly string[],
): Promise<Map<string, Outcome>> {
  const outcomes = new Map<string, Outcome>();
  for (const id of ids) {
    outcomes.set(id, await waitFor(connection, options.key, id));
    options.progress.finished += 1;
  }
  return outcomes;
}

async function waitFor(connection: Client, key: string, id: string): Promise<Outcome> {
  let acceptedAt = '';
  for (const end = Date.now() + OUTCOME_MS_MAX; Date.now() < end;) {
    const { status, json } = await ask(connection, key, 'GET', `/v1/jobs/${id}?wait=${WAIT_S}`);
    if (status !== 200 || 'jobs' in json) throw new Error(`job ${id} was answered ${status}: ${JSON.stringify(json)}`);
    acceptedAt = json.created_at;
    if (json.status !== 'queued')
      return { end: json.error?.code ?? json.status, acceptedAt, appliedAt: json.finished_at };
  }
  return { end: 'no outcome', acceptedAt, appliedAt: null };
}

async function ask(connection: Client, key: string, method: 'GET' | 'POST', path: string, body?: unknown) {
  const response = await connection.request({
    method,
    path,
    headers: { authorization: `Bearer ${key}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return {
    status: response.statusCode,
    retryAfterS: Number(response.headers['retry-after'] ?? 1),
    json: (await response.body.json()) as Job | { readonly jobs: readonly Job[] },
  };
}
