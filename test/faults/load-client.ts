import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '../support/client.js';
import type { Answer, Job } from '../support/contract.js';
import { OperationMix } from './operations.js';
import type { Random } from './random.js';
import type { Records, Sent } from './records.js';

const BATCH_MAX = 20;
const WAIT_S = 10;
const PAUSE_MS_MAX = 20;
/** Between two tries, as a sensible client does it. */
const RETRY_MS = 100;
/** Whatever happens, each request is answered in this time, or its connection ends. */
const ANSWER_MS_MAX = 30_000;

/**
 * One of those who use Saldo: sends one thing after the other, to any gateway, and keeps what it was answered. What has
 * an idempotency key is sent until it is accepted.
 */
export class LoadClient {
  readonly #name: string;
  readonly #gateways: readonly Client[];
  readonly #random: Random;
  readonly #records: Records;
  readonly #mix: OperationMix;
  #ordinal = 0;
  #isPaused = true;
  #running: Promise<void> = Promise.resolve();

  constructor(name: string, gateways: readonly Client[], random: Random, records: Records) {
    this.#name = name;
    this.#gateways = gateways;
    this.#random = random;
    this.#records = records;
    this.#mix = new OperationMix(name, random.fork());
  }

  resume(): void {
    this.#isPaused = false;
    this.#running = this.#run();
  }

  /** Begins nothing more. Resolves when all that it has begun is answered: accepted, and polled to the end. */
  async pause(): Promise<void> {
    this.#isPaused = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#isPaused) {
      try {
        await this.#act();
      } catch (error) {
        this.#records.lose(`${this.#name}: ${error instanceof Error ? error.message : String(error)}`);
      }
      await sleep(this.#random.between(0, PAUSE_MS_MAX));
    }
  }

  async #act(): Promise<void> {
    const random = this.#random;
    const isKeyed = random.chance(0.85);
    const size = isKeyed && random.chance(0.3) ? random.between(2, BATCH_MAX) : 1;
    const isWaiting = random.chance(0.3);
    const isPolling = random.chance(0.3);
    const sent = Array.from({ length: size }, () => this.#make());
    const jobs = await this.#submit(sent, isKeyed, isWaiting);
    const last = jobs?.at(-1);
    if (last !== undefined && isPolling) await this.#poll(last.id);
  }

  #make(): Sent {
    this.#ordinal += 1;
    const tag = `${this.#name}-${this.#ordinal}`;
    const sent: Sent = {
      tag,
      client: this.#name,
      ordinal: this.#ordinal,
      request: this.#mix.next(tag),
      fate: { kind: 'unknown' },
    };
    this.#records.add(sent);
    return sent;
  }

  /** Undefined if nobody can say what became of it. */
  async #submit(sent: readonly Sent[], isKeyed: boolean, isWaiting: boolean): Promise<Job[] | undefined> {
    for (;;) {
      const answer = await this.#send(sent, isKeyed, isWaiting);
      if (answer !== undefined && answer.status < 300) {
        const { body } = answer;
        const jobs = 'jobs' in body ? body.jobs : [body];
        if (jobs.length !== sent.length) throw new Error(`${sent.length} operations were answered by ${answer.text}`);
        sent.forEach((one, index) => this.#records.accept(one, jobs[index]?.id ?? ''));
        return jobs;
      }
      if (!isKeyed) return undefined;
      await sleep(RETRY_MS);
    }
  }

  #send(
    sent: readonly Sent[],
    isKeyed: boolean,
    isWaiting: boolean,
  ): Promise<Answer<Job | { jobs: Job[] }> | undefined> {
    const [first] = sent;
    const prefer = isWaiting ? { prefer: `wait=${WAIT_S}` } : {};
    if (sent.length > 1 || first === undefined) {
      const operations = sent.map((one) => ({ ...one.request, idempotency_key: one.tag }));
      return this.#request('POST', '/v1/operations/batch', { operations }, prefer);
    }
    const key = isKeyed ? { 'idempotency-key': first.tag } : {};
    return this.#request('POST', '/v1/operations', first.request, { ...prefer, ...key });
  }

  /** Asks until the job is finished. */
  async #poll(jobId: string): Promise<void> {
    this.#records.polls += 1;
    for (;;) {
      const answer = await this.#request<Job>('GET', `/v1/jobs/${jobId}?wait=${WAIT_S}`);
      if (answer?.status === 200 && answer.body.status !== 'queued') return;
      if (answer === undefined || answer.status !== 200) await sleep(RETRY_MS);
    }
  }

  /** Undefined if the connection ended before there was an answer. 503 is the only refusal that anybody may get. */
  async #request<Body>(
    method: string,
    path: string,
    json?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer<Body> | undefined> {
    this.#records.requests += 1;
    const signal = AbortSignal.timeout(ANSWER_MS_MAX);
    let answer: Answer<Body>;
    try {
      answer = await this.#random.pick(this.#gateways).send<Body>(method, path, { json, headers, signal });
    } catch (error) {
      if (signal.aborted) this.#records.lose(`${method} ${path} was not answered in ${ANSWER_MS_MAX} ms`);
      else if (!isConnectionError(error)) throw error;
      this.#records.unanswered += 1;
      return undefined;
    }
    if (answer.status === 503) this.#records.refused += 1;
    else if (answer.status >= 300) throw new Error(`${method} ${path} was answered ${answer.status} ${answer.text}`);
    return answer;
  }
}

function isConnectionError(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  return /^(ECONNREFUSED|ECONNRESET|EPIPE|UND_ERR_SOCKET)$/.test(String(error.code));
}
