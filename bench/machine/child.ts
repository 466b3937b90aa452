import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** What a child process answers with, and the error's text if it could not. */
type Reply<Answer> = { readonly answer: Answer } | { readonly problem: string };

/** A part of the benchmark in a process of its own, so that its CPU time and memory are counted apart. */
export class Child<Request extends object, Answer> {
  readonly pid: number;
  readonly #process: ChildProcess;
  readonly #ended: Promise<unknown>;

  /** `module` is the compiled file of the process, relative to the caller's `import.meta.url`. */
  constructor(module: string, callerUrl: string) {
    this.#process = fork(fileURLToPath(new URL(module, callerUrl)), { serialization: 'advanced' });
    if (this.#process.pid === undefined) throw new Error(`${module} can't be run`);
    this.pid = this.#process.pid;
    this.#ended = once(this.#process, 'exit');
  }

  /** Asks and waits for the answer. One question at a time. */
  async ask(request: Request): Promise<Answer> {
    const answered = once(this.#process, 'message') as Promise<[Reply<Answer>]>;
    this.#process.send(request);
    const reply = await Promise.race([answered, this.#ended.then(() => undefined)]);
    if (reply === undefined) throw new Error(`process ${this.pid} of the benchmark ended while it was needed`);
    if ('problem' in reply[0]) throw new Error(reply[0].problem);
    return reply[0].answer;
  }

  async stop(): Promise<void> {
    if (this.#process.connected) this.#process.disconnect();
    await this.#ended;
  }
}

/** In the child: answers each question of the parent, and ends with it. */
export function answerParent<Request extends object, Answer>(handle: (request: Request) => Promise<Answer>): void {
  process.on('message', (request: Request) => {
    handle(request).then(
      (answer) => process.send?.({ answer } satisfies Reply<Answer>),
      (error: unknown) =>
        process.send?.({ problem: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
  });
  process.on('disconnect', () => process.exit(0));
  // Ctrl-C reaches every process of the terminal's group; the parent ends this one when it has cleaned up.
  process.on('SIGINT', () => undefined);
}
