/** One Ctrl-C may arrive twice, from the terminal and passed on by npm: within this time it counts once. */
const SAME_MS = 1_000;
const LOOK_EVERY_MS = 250;

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
  if (process.env['npm_lifecycle_event'] !== undefined) onParentsEnd(onSignal);
}

/**
 * npm and npx run us in a shell, and pass a SIGTERM on to that: where the shell then ends without passing it on
 * further, its end is the signal.
 */
function onParentsEnd(call: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    call();
  }, LOOK_EVERY_MS);
  timer.unref();
}
