const WAIT_S_MAX = 30;

/** How many seconds the caller is ready to wait (RFC 7240, `Prefer: wait=5`), at most 30; undefined if they don't say. */
export function preferredWait(header: string | undefined): number | undefined {
  for (const preference of preferencesOf(header)) {
    const seconds = /^wait\s*=\s*"?([0-9]{1,9})"?\s*(?:;.*)?$/i.exec(preference)?.[1];
    if (seconds !== undefined) return Math.min(Number(seconds), WAIT_S_MAX);
  }
  return undefined;
}

/** Whether the caller would rather be answered at once (`Prefer: respond-async`) than wait for the outcome. */
export function prefersAsync(header: string | undefined): boolean {
  return preferencesOf(header).some((preference) => /^respond-async\s*(?:;.*)?$/i.test(preference));
}

function preferencesOf(header: string | undefined): string[] {
  return header?.split(',').map((preference) => preference.trim()) ?? [];
}
