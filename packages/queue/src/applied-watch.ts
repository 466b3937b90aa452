import type { Priority } from '@saldo/ledger';
import type { Bus } from './carrier.js';
import type { LaneEnvelope } from './envelope.js';

interface Waiter {
  readonly position: number;
  readonly done: (isApplied: boolean) => void;
}

interface LaneState {
  applied: number;
  readonly waiters: Set<Waiter>;
}

interface AppliedWatchOptions {
  readonly readCursors: () => Promise<readonly LaneEnvelope[]>;
  readonly onMove: (move: LaneEnvelope) => void;
  readonly onError: (error: unknown) => void;
}

/** How often the cursors are read while somebody waits, for news that got lost. */
const RECHECK_MS = 1_000;

/**
 * Knows how far each lane was applied, and wakes whoever waits for a position. News comes over the bus; since it may
 * get lost, the cursors themselves are read now and then while anybody waits. No waiter holds a connection.
 */
export class AppliedWatch {
  readonly #lanes = new Map<string, LaneState>();
  readonly #readCursors: () => Promise<readonly LaneEnvelope[]>;
  readonly #onMove: (move: LaneEnvelope) => void;
  readonly #onError: (error: unknown) => void;
  #waiterCount = 0;
  #recheck: NodeJS.Timeout | undefined;
  #closed = false;

  /** `readCursors` answers the last applied position of every lane and priority; `onMove` hears of each that moved. */
  constructor({ readCursors, onMove, onError }: AppliedWatchOptions) {
    this.#readCursors = readCursors;
    this.#onMove = onMove;
    this.#onError = onError;
  }

  async start(bus: Bus): Promise<void> {
    await bus.subscribe(
      (news) => news.kind === 'applied' && this.#moveTo(news),
      () => void this.#readAll(),
    );
  }

  /** Resolves to true once the position is applied, to false after `timeoutMs` or when this is closed. */
  wait(lane: number, priority: Priority, position: number, timeoutMs: number): Promise<boolean> {
    const state = this.#laneState(lane, priority);
    if (state.applied >= position) return Promise.resolve(true);
    if (timeoutMs <= 0 || this.#closed) return Promise.resolve(false);
    return new Promise((resolve) => {
      const done = (isApplied: boolean): void => {
        if (!state.waiters.delete(waiter)) return;
        this.#waiterCount -= 1;
        clearTimeout(timer);
        resolve(isApplied);
      };
      const waiter: Waiter = { position, done };
      const timer = setTimeout(() => done(false), timeoutMs);
      state.waiters.add(waiter);
      this.#waiterCount += 1;
      this.#scheduleRecheck();
    });
  }

  /** Lets every waiter go with what is known. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#recheck);
    for (const { waiters } of this.#lanes.values()) for (const waiter of waiters) waiter.done(false);
  }

  #laneState(lane: number, priority: Priority): LaneState {
    const key = `${lane}/${priority}`;
    const state = this.#lanes.get(key) ?? { applied: 0, waiters: new Set<Waiter>() };
    this.#lanes.set(key, state);
    return state;
  }

  #moveTo(move: LaneEnvelope): void {
    const { lane, priority, last } = move;
    const state = this.#laneState(lane, priority);
    if (last <= state.applied) return;
    state.applied = last;
    this.#onMove(move);
    for (const waiter of state.waiters) if (waiter.position <= last) waiter.done(true);
  }

  #scheduleRecheck(): void {
    if (this.#recheck !== undefined || this.#closed) return;
    this.#recheck = setTimeout(() => {
      this.#recheck = undefined;
      if (this.#waiterCount === 0) return;
      void this.#readAll().finally(() => this.#scheduleRecheck());
    }, RECHECK_MS);
  }

  async #readAll(): Promise<void> {
    try {
      for (const cursor of await this.#readCursors()) this.#moveTo(cursor);
    } catch (error) {
      this.#onError(error);
    }
  }
}
