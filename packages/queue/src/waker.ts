import type { Priority } from '@saldo/ledger';
import type { Carrier } from './carrier.js';
import type { LaneEnvelope } from './envelope.js';

/**
 * An envelope whose positions are not known to be applied after so long may be lost, and another one is sent. Each time
 * that doesn't help it takes longer, so that envelopes don't pile up while all workers are away.
 */
const RESEND_MS_MIN = 250;
const RESEND_MS_MAX = 10_000;

/** One lane at one priority, in positions. */
interface Lane {
  readonly lane: number;
  readonly priority: Priority;
  /** Known to be applied. */
  applied: number;
  /** Told of by the envelope under way. */
  sent: number;
  /** To be told of. */
  wanted: number;
  timer: NodeJS.Timeout | undefined;
  resendMs: number;
}

/**
 * Sends envelopes for what was accepted: at most one under way per lane and priority. Whoever takes it applies all that
 * the lane has by then; what is accepted later goes with the next one, if it is still needed by then. So the busier a
 * lane, the more each envelope brings, and a slow or absent queue costs no memory.
 */
export class Waker {
  readonly #carrier: Carrier;
  readonly #onError: (error: unknown) => void;
  readonly #lanes = new Map<string, Lane>();
  #closed = false;

  constructor(carrier: Carrier, onError: (error: unknown) => void) {
    this.#carrier = carrier;
    this.#onError = onError;
  }

  /** Sees to it that the lane's worker hears of the position, some time. Never throws. */
  wake({ lane, priority, last }: LaneEnvelope): void {
    const state = this.#stateOf(lane, priority);
    state.wanted = Math.max(state.wanted, last);
    if (state.sent <= state.applied) this.#send(state);
  }

  /** To be told how far a lane was applied. */
  applied({ lane, priority, last }: LaneEnvelope): void {
    const state = this.#stateOf(lane, priority);
    state.applied = Math.max(state.applied, last);
    state.resendMs = RESEND_MS_MIN;
    if (state.sent <= state.applied) this.#send(state);
  }

  /** Resolves when the lanes have been told, or could not be, of what was to go with their next envelopes. */
  async close(): Promise<void> {
    this.#closed = true;
    const untold: Promise<void>[] = [];
    for (const { lane, priority, applied, sent, wanted, timer } of this.#lanes.values()) {
      clearTimeout(timer);
      if (wanted > Math.max(sent, applied))
        untold.push(this.#carrier.sendEnvelope(lane, { priority, last: wanted }).catch(this.#onError));
    }
    await Promise.all(untold);
  }

  #stateOf(lane: number, priority: Priority): Lane {
    const key = `${lane}/${priority}`;
    const state = this.#lanes.get(key) ?? {
      lane,
      priority,
      applied: 0,
      sent: 0,
      wanted: 0,
      timer: undefined,
      resendMs: RESEND_MS_MIN,
    };
    this.#lanes.set(key, state);
    return state;
  }

  /** Sends an envelope if it is still needed, and again if that doesn't help. */
  #send(state: Lane): void {
    clearTimeout(state.timer);
    if (this.#closed || state.wanted <= state.applied) return;
    const last = state.wanted;
    state.sent = last;
    this.#carrier
      .sendEnvelope(state.lane, { priority: state.priority, last })
      .catch(this.#onError)
      .finally(() => {
        if (state.sent === last && state.applied < last && !this.#closed) {
          state.timer = setTimeout(() => this.#send(state), state.resendMs);
          state.resendMs = Math.min(state.resendMs * 2, RESEND_MS_MAX);
        }
      });
  }
}
