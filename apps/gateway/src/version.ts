import { readFileSync } from 'node:fs';

/** Of this program and of the description of its API. */
export const VERSION = readVersion();

function readVersion(): string {
  const found: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  if (typeof found === 'object' && found !== null && 'version' in found && typeof found.version === 'string') {
    return found.version;
  }
  throw new Error("the gateway's package.json has no version");
}
