/** What a gateway or worker tells the `saldo start` that started it. */
export type Message =
  | { readonly kind: 'ready'; readonly url?: string }
  /** It ends for a reason that people can read. */
  | { readonly kind: 'failed'; readonly reason: string };

/** Whether a `saldo start` started this process. */
export function hasParent(): boolean {
  return process.send !== undefined;
}

/** Resolves when the parent has it. Without a parent, or when it is gone, nothing happens. */
export function tellParent(message: Message): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) resolve();
    else process.send(message, undefined, {}, () => resolve());
  });
}

export function isMessage(value: unknown): value is Message {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    (value.kind === 'ready' || value.kind === 'failed')
  );
}
