/** Starts a watch; it answers how many milliseconds have passed since. */
export function elapsedMs(): () => number {
  const startedAt = performance.now();
  return () => performance.now() - startedAt;
}
