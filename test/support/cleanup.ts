/** What has to be undone when the run is over: registered by whoever makes something, run once by the root hook. */
const tasks: (() => Promise<void>)[] = [];

export function atTheEnd(task: () => Promise<void>): void {
  tasks.push(task);
}

/** The last made is undone first. One that fails doesn't keep the others from being undone. */
export async function cleanUp(): Promise<void> {
  const problems: unknown[] = [];
  for (const task of tasks.splice(0).reverse()) {
    await task().catch((error: unknown) => problems.push(error));
  }
  if (problems.length > 0) throw new AggregateError(problems, problems.map(String).join('\n'));
}
