import type { Priority } from '@saldo/ledger';
import type { Applied, Bus, Told } from './bus.js';
import type { LaneEnvelope } from './envelope.js';

interface Waiter {
  readonly position: number;
  readonly done: (told: Told | undefined) => void;
}

interface LaneState {
  /** The last position known to be given out. */
  accepted: number;
  applied: number;
  readonly waiters: Set<Waiter>;
}

/** How far a lane has come: positions up to `applied` are applied, up to `accepted` are given out. */
interface LaneProgress {
  readonly lane: number;
  readonly priority: Priority;
  readonly accepted: number;
  readonly applied: number;
}

const NOTHING: Told = {};

interface AppliedWatchOptions {
  readonly readProgress: () => Promise<readonly LaneProgress[]>;
  readonly onMove: (move: Applied) => void;
  readonly onError: (error: unknown) => void;
}

/** How often the cursors are read while something is to be applied, for news that got lost. */
const RECHECK_MS = 1_000;

/**
 * Knows how far each lane was accepted and applied, and wakes whoever waits for a position. News comes over the bus;
 * since it may get lost, the cursors themselves are read now and then while anything is to be applied. No waiter holds a
 * connection.
 */
export class AppliedWatch {
  readonly #lanes = new Map<string, LaneState>();
  readonly #readProgress: () => Promise<readonly LaneProgress[]>;
  readonly #onMove: (move: Applied) => void;
  readonly #onError: (error: unknown) => void;
  #waiterCount = 0;
  #backlog = 0;
  #recheck: NodeJS.Timeout | undefined;
  #closed = false;

  /** `readProgress` answers how far every lane has come, at each priority; `onMove` hears of each that was applied further. */
  constructor({ readProgress, onMove, onError }: AppliedWatchOptions) {
    this.#readProgress = readProgress;
    this.#onMove = onMove;
    this.#onError = onError;
  }

  async start(bus: Bus): Promise<void> {
    await bus.subscribe(
      (news) => news.kind === 'applied' && this.#moveTo(news),
      () => void this.#readAll(),
    );
  }

  /** How many operations wait to be applied, of all lanes, as far as is known here. */
  get backlog(): number {
    return this.#backlog;
  }

  /** To be told the last position of a lane that was accepted. */
  accepted({ lane, priority, last }: LaneEnvelope): void {
    this.#update(this.#laneState(lane, priority), { accepted: last });
    this.#scheduleRecheck();
  }

  /**
   * Resolves once the position is applied, to what the news of it told: often how its job ended, but nothing is sure.
   * Resolves to undefined after `timeoutMs` or when this is closed.
   */
  wait(lane: number, priority: Priority, position: number, timeoutMs: number): Promise<Told | undefined> {
    const state = this.#laneState(lane, priority);
    if (state.applied >= position) return Promise.resolve(NOTHING);
    if (timeoutMs <= 0 || this.#closed) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const done = (told: Told | undefined): void => {
        if (!state.waiters.delete(waiter)) return;
        this.#waiterCount -= 1;
        clearTimeout(timer);
        resolve(told);
      };
      const waiter: Waiter = { position, done };
      const timer = setTimeout(() => done(undefined), timeoutMs);
      state.waiters.add(waiter);
      this.#waiterCount += 1;
      this.#scheduleRecheck();
    });
  }

  /** Lets every waiter go with what is known. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#recheck);
    for (const { waiters } of this.#lanes.values()) for (const waiter of waiters) waiter.done(undefined);
  }

  #laneState(lane: number, priority: Priority): LaneState {
    const key = `${lane}/${priority}`;
    const state = this.#lanes.get(key) ?? { accepted: 0, applied: 0, waiters: new Set<Waiter>() };
    this.#lanes.set(key, state);
    return state;
  }

  #moveTo(move: Applied): void {
    const { lane, priority, last } = move;
    const state = this.#laneState(lane, priority);
    if (last <= state.applied) return;
    this.#update(state, { applied: last });
    this.#onMove(move);
    for (const waiter of state.waiters) if (waiter.position <= last) waiter.done(move.ended ?? NOTHING);
  }

  /** Both only ever grow. What is applied by news that came first was accepted too. */
  #update(state: LaneState, { accepted = 0, applied = 0 }: { accepted?: number; applied?: number }): void {
    this.#backlog -= state.accepted - state.applied;
    state.applied = Math.max(state.applied, applied);
    state.accepted = Math.max(state.accepted, accepted, state.applied);
    this.#backlog += state.accepted - state.applied;
  }

  #scheduleRecheck(): void {
    if (this.#recheck !== undefined || this.#closed) return;
    this.#recheck = setTimeout(() => {
      this.#recheck = undefined;
      if (this.#waiterCount === 0 && this.#backlog === 0) return;
      void this.#readAll().finally(() => this.#scheduleRecheck());
    }, RECHECK_MS);
  }

  async #readAll(): Promise<void> {
    try {
      for (const { lane, priority, accepted, applied } of await this.#readProgress()) {
        this.#update(this.#laneState(lane, priority), { accepted });
        this.#moveTo({ lane, priority, last: applied });
      }
    } catch (error) {
      this.#onError(error);
    }
  }
}
