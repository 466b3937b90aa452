import { Writable } from 'node:stream';
import sonicBoom from 'sonic-boom';
import winston from 'winston';
import type { LogLevel } from './settings.js';

export type Logger = winston.Logger;

const STDERR = 2;
const BUFFER_BYTES = 8_192;
const FLUSH_MS = 100;

/**
 * A logger of JSON lines on standard error, each with its time and the part of Saldo that wrote it. Lines are gathered
 * for up to 100 ms, since a write per line would cost the gateway more than most requests do; what is left goes out
 * when the process ends.
 */
export function createLogger(part: string, level: LogLevel): Logger {
  const lines = new sonicBoom.SonicBoom({
    fd: STDERR,
    minLength: BUFFER_BYTES,
    maxLength: 1_024 * BUFFER_BYTES,
    periodicFlush: FLUSH_MS,
    sync: false,
  });
  // Whoever read our log is gone: the service goes on without one.
  lines.on('error', () => undefined);
  process.once('exit', () => flush(lines));
  const stream = new Writable({
    decodeStrings: false,
    write: (line: string, _encoding, done) => {
      lines.write(line);
      done();
    },
  });
  return winston.createLogger({
    level: level === 'silent' ? 'error' : level,
    silent: level === 'silent',
    defaultMeta: { part },
    format: winston.format.combine(winston.format.timestamp(), winston.format.json({ replacer: showErrors })),
    transports: [new winston.transports.Stream({ stream })],
  });
}

function flush(lines: sonicBoom.SonicBoom): void {
  try {
    lines.flushSync();
  } catch {
    // Standard error is closed: there is nobody to tell.
  }
}

/** An Error's message and stack are not enumerable, so JSON would leave them out. Its other fields may hold secrets. */
function showErrors(_key: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  const code = 'code' in value && typeof value.code === 'string' ? value.code : undefined;
  return { name: value.name, message: value.message, code, stack: value.stack, cause: value.cause };
}
