import type { Answer } from './client.js';

const S = 1_000;
const MINUTE = 60 * S;
const HOUR = 60 * MINUTE;

/** How long after each failed attempt the next one is made; after the last, none is. */
const RETRY_DELAYS_MS = [
  5 * S,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];
/** Delays are up to this part longer, so that what failed together isn't tried again together. */
const JITTER = 0.1;
const RETRY_AFTER_MS_MAX = 24 * HOUR;

/** After so many failures in a row, an endpoint is left alone for a while, and then tried with one delivery at a time. */
const FAILURES_MAX = 10;
const PAUSE_MS_MIN = 2 * S;
const PAUSE_MS_MAX = 5 * MINUTE;

/** An endpoint that failed for so long is disabled. */
export const FAILING_MS_MAX = 5 * 24 * HOUR;

const GONE = 410;
const TOO_MANY_REQUESTS = 429;
const UNAVAILABLE = 503;

/** What an answer means. */
export type Verdict =
  | { readonly kind: 'delivered' }
  | {
      readonly kind: 'failed';
      /** The class of error. */
      readonly error: string;
      /** When to try again; undefined: not by itself. */
      readonly retryDelayMs: number | undefined;
      /** For how long the receiver asked to be left alone; undefined if it didn't. */
      readonly askedPauseMs: number | undefined;
      /** It wants to hear nothing any more. */
      readonly isGone: boolean;
    };

/** `attemptsMade` counts this one; `random` is from 0 to 1. */
export function judge(answer: Answer, attemptsMade: number, random: number, now: Date): Verdict {
  const { httpStatus } = answer;
  if (httpStatus !== undefined && httpStatus >= 200 && httpStatus < 300) return { kind: 'delivered' };
  const isGone = httpStatus === GONE;
  const mayAsk = httpStatus === TOO_MANY_REQUESTS || httpStatus === UNAVAILABLE;
  const askedMs = mayAsk ? retryAfterMs(answer.retryAfter, now) : undefined;
  const delayMs = RETRY_DELAYS_MS[attemptsMade - 1];
  return {
    kind: 'failed',
    error: answer.error ?? 'status',
    retryDelayMs: isGone || delayMs === undefined ? undefined : Math.max(delayMs, askedMs ?? 0) * (1 + JITTER * random),
    askedPauseMs: askedMs === undefined ? undefined : Math.min(askedMs, PAUSE_MS_MAX),
    isGone,
  };
}

/** Whether an endpoint that failed so often in a row is to be tried with one delivery at a time. */
export function isOnProbation(failures: number): boolean {
  return failures >= FAILURES_MAX;
}

/** For how long an endpoint that failed so often in a row is left alone: longer each time. */
export function circuitPauseMs(failures: number): number | undefined {
  return isOnProbation(failures) ? Math.min(PAUSE_MS_MIN * 2 ** (failures - FAILURES_MAX), PAUSE_MS_MAX) : undefined;
}

/** `Retry-After`: seconds or a date (RFC 9110, 10.2.3), at most a day. */
function retryAfterMs(header: string | undefined, now: Date): number | undefined {
  const text = header?.trim() ?? '';
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * S : Date.parse(text) - now.getTime();
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), RETRY_AFTER_MS_MAX);
}
