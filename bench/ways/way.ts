import type { ProcessGroup } from '../machine/usage.js';

/** What one run of a way is to do. */
export interface RunSpec {
  /** In no other run of the whole benchmark; names what the run makes. */
  readonly name: string;
  readonly seed: number;
  readonly seconds: number;
}

/** What one run did, from the first operation sent until the last outcome was in Postgres. */
export interface RunResult {
  readonly operations: number;
  readonly seconds: number;
  /** From submit to outcome; empty where there is none to tell. */
  readonly latenciesMs: readonly number[];
}

/** One way to do the work, ready to do it again and again. */
export interface Way {
  /** All that can be done before the clock starts. */
  prepare(spec: RunSpec): Promise<void>;
  run(spec: RunSpec): Promise<RunResult>;
  /** The processes that take part, whose CPU time and memory are counted. */
  readonly groups: readonly ProcessGroup[];
}
