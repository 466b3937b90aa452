import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { findFreePort } from '@saldo/cli/embedded-postgres';
import { SETTINGS } from '@saldo/config';

const BIN = fileURLToPath(new URL('../../../apps/cli/bin/saldo.js', import.meta.url));
const START_MS_MAX = 120_000;

/** A Saldo that the day is sent to. */
export interface TargetSaldo {
  readonly url: string;
  readonly key: string;
  /** Has `saldo verify` recompute the books: whether it found them right, and what not. */
  verify(): Promise<{ readonly isRight: boolean; readonly differences: readonly string[] }>;
  stop(): Promise<void>;
}

/** `saldo start` on a data directory of its own, which is gone when it is stopped. */
export async function startOwnSaldo(): Promise<TargetSaldo> {
  const folder = await mkdtemp(join(tmpdir(), 'saldo-day-'));
  // Run by root, Postgres is another user, who has to get through.
  await chmod(folder, 0o711);
  const port = await findFreePort();
  const key = randomBytes(24).toString('base64url');
  const env = {
    ...withoutSettings(),
    SALDO_DATA_DIR: join(folder, 'data'),
    SALDO_ADMIN_KEY: key,
    PORT: String(port),
    LOG_LEVEL: 'warn',
  };
  const child = spawn(process.execPath, [BIN, 'start'], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = once(child, 'exit');
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${port}`;
  try {
    await Promise.race([untilReady(url), ended.then(() => Promise.reject(new Error('saldo start ended')))]);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, key, verify: () => verifyWith(env), stop };
}

/** A Saldo that runs somewhere. It is verified with the settings around us, which must name its database. */
export function useSaldo(url: string, key: string): TargetSaldo {
  return { url, key, verify: () => verifyWith(process.env), stop: () => Promise.resolve() };
}

async function verifyWith(env: NodeJS.ProcessEnv): ReturnType<TargetSaldo['verify']> {
  const child = spawn(process.execPath, [BIN, 'verify', '--json'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  const { differences } = JSON.parse(text) as { differences: string[] };
  return { isRight: code === 0 && differences.length === 0, differences };
}

async function untilReady(url: string): Promise<void> {
  for (const end = Date.now() + START_MS_MAX; Date.now() < end; await sleep(100)) {
    const response = await fetch(`${url}/readyz`).catch(() => undefined);
    await response?.body?.cancel();
    if (response?.status === 200) return;
  }
  throw new Error(`Saldo was not ready after ${START_MS_MAX / 1_000} s`);
}

/** Whatever is set around us is meant for another Saldo. */
function withoutSettings(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !(name in SETTINGS)));
}
