const FIRST_MS = 200;
const MOST_MS = 5_000;
/** After this long without trouble, trouble is new trouble. */
const FORGET_MS = 15_000;

/** Answers how long to wait before each next attempt: longer and longer, while one follows the other. */
export function backoff(): () => number {
  let pauseMs = FIRST_MS;
  let lastAt = 0;
  return () => {
    const now = Date.now();
    pauseMs = now - lastAt > FORGET_MS ? FIRST_MS : Math.min(pauseMs * 2, MOST_MS);
    lastAt = now;
    return pauseMs;
  };
}
