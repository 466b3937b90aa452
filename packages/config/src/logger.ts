import winston from 'winston';
import type { LogLevel } from './settings.js';

export type Logger = winston.Logger;

/** A logger of JSON lines on standard error, each with its time and the part of Saldo that wrote it. */
export function createLogger(part: string, level: LogLevel): Logger {
  return winston.createLogger({
    level: level === 'silent' ? 'error' : level,
    silent: level === 'silent',
    defaultMeta: { part },
    format: winston.format.combine(winston.format.timestamp(), winston.format.errors({ stack: true }), winston.format.json()),
    transports: [new winston.transports.Console({ stderrLevels: ['error', 'warn', 'info', 'debug'] })],
  });
}
