/** One Ctrl-C may arrive twice, from the terminal and passed on by npm: within this time it counts once. */
const SAME_MS = 1_000;

/**
 * Calls `stop` when the process is asked to end (Ctrl-C, SIGTERM), and `hurry` if it is asked again because that
 * takes too long.
 */
export function onStopSignal(stop: () => void, hurry: () => void): void {
  let firstAt: number | undefined;
  const onSignal = (): void => {
    if (firstAt === undefined) {
      firstAt = Date.now();
      stop();
    } else if (Date.now() - firstAt > SAME_MS) {
      hurry();
    }
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
}
