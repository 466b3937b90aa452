/** Whether this is what a system call failed with, by the name that errno(3) has for it. */
export function hasCode(error: unknown, code: 'EADDRINUSE' | 'EEXIST' | 'ENOENT'): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
