/** A fair number from 0 up to 1, the same row of them for the same seed, so that a run can be repeated. */
export type Random = () => number;

/** Mulberry32, by Tommy Ettinger: small, fast, and even enough to draw accounts with. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
