import { readResidentBytes, type ProcessGroup } from './usage.js';

/** What each process held at one moment, and how far the work was. */
export interface MemorySample {
  readonly secondsIn: number;
  readonly operations: number;
  readonly bytes: Readonly<Record<string, number>>;
}

const EVERY_MS = 1_000;

/** Looks at the processes each second until it is stopped. */
export function sampleMemory(
  groups: readonly ProcessGroup[],
  readOperations: () => Promise<number>,
): { stop(): Promise<MemorySample[]> } {
  const samples: MemorySample[] = [];
  const startedAt = performance.now();
  const sample = async (): Promise<void> => {
    const [operations, ...bytes] = await Promise.all([readOperations(), ...groups.map(readResidentBytes)]);
    const secondsIn = (performance.now() - startedAt) / 1_000;
    samples.push({
      secondsIn,
      operations,
      bytes: Object.fromEntries(groups.map(({ name }, index) => [name, bytes[index] ?? 0])),
    });
  };
  let last = sample();
  const timer = setInterval(() => {
    last = last.then(sample);
  }, EVERY_MS);
  return {
    stop: async () => {
      clearInterval(timer);
      await last;
      await sample();
      return samples;
    },
  };
}
