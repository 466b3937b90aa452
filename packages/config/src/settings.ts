import { join, resolve } from 'node:path';
import Joi from 'joi';

/** What the environment says, read once, checked and frozen. */
export interface Settings {
  readonly port: number;
  readonly host: string;
  /** Absolute. Embedded Postgres and files are kept under it. */
  readonly dataDir: string;
  /** Undefined: embedded Postgres under {@link dataDir}. */
  readonly databaseUrl: string | undefined;
  /** Undefined: the queue runs on Postgres. */
  readonly redisUrl: string | undefined;
  readonly adminKey: string | undefined;
  readonly lanes: number;
  /** So many accepted operations may wait to be applied; then gateways turn more away. */
  readonly backlogMax: number;
  readonly logLevel: LogLevel;
  readonly allowPrivateWebhooks: boolean;
  /** 32 bytes, which webhook secrets are encrypted with. Undefined: `saldo start` keeps one in {@link dataDir}. */
  readonly secretKey: Buffer | undefined;
  /** What `saldo listen` asks a gateway with. */
  readonly apiKey: string | undefined;
  /** Absolute. Gateways and workers share it. */
  readonly reportsDir: string;
  readonly reportsKeepDays: number;
}

const LOG_LEVELS = ['error', 'warn', 'info', 'debug', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** A setting is missing, malformed or unknown. The message is one line that names it and says what it takes. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

interface Setting {
  readonly schema: Joi.Schema;
  readonly takes: string;
  readonly about: string;
}

const url = (schemes: string[]): Joi.Schema => Joi.string().uri({ scheme: schemes });

const HEX_KEY = /^[0-9a-f]{64}$/i;
const BASE64_KEY = /^[A-Za-z0-9+/]{43}=$/;
/** Like one URL, but with as many hosts as you like, divided by commas. */
const redisUrl: Joi.Schema = Joi.string().custom((text: string) => {
  const [, start = '', hosts = '', end = ''] = /^(rediss?:\/\/(?:[^@/\s]*@)?)([^/?#\s]+)(\S*)$/.exec(text) ?? [];
  for (const host of hosts.split(',')) {
    if (!URL.canParse(`${start}${host}${end}`) || host === '') throw new Error('is no URL of Redis');
  }
  return text;
});

/** Every setting with its rule, in words and in code: `saldo --help` and the README show the words. */
export const SETTINGS: Readonly<Record<string, Setting>> = {
  PORT: {
    schema: Joi.number().integer().min(0).max(65_535).default(3000),
    takes: 'a port number (0 to 65535)',
    about: 'where the gateway listens [3000]; 0 picks a free one',
  },
  HOST: {
    schema: Joi.string().hostname().default('127.0.0.1'),
    takes: 'a host name or address',
    about: 'the address the gateway binds [127.0.0.1]',
  },
  SALDO_DATA_DIR: {
    schema: Joi.string().default('.saldo'),
    takes: 'a folder',
    about: 'embedded Postgres and files live here [./.saldo]',
  },
  DATABASE_URL: {
    schema: url(['postgres', 'postgresql']),
    takes: 'a postgres:// URL',
    about: 'a Postgres of yours [embedded]',
  },
  REDIS_URL: {
    schema: redisUrl,
    takes: 'a redis:// or rediss:// URL, or redis://host:port,host:port,… for nodes of a Redis Cluster',
    about: 'a Redis for the queue [the queue runs on Postgres]',
  },
  SALDO_ADMIN_KEY: {
    schema: Joi.string().pattern(/^[\x21-\x7e]{1,255}$/),
    takes: '1 to 255 visible characters',
    about: 'the first admin key [made on first start and printed once]',
  },
  SALDO_LANES: {
    schema: Joi.number().integer().min(1).max(256).default(1),
    takes: 'a whole number from 1 to 256',
    about: 'how many ordered queues share the work [1]',
  },
  SALDO_BACKLOG_MAX: {
    schema: Joi.number().integer().min(1).default(1_000_000),
    takes: 'a whole number of 1 or more',
    about: 'how many accepted operations may wait to be applied before more are turned away [1000000]',
  },
  LOG_LEVEL: {
    schema: Joi.string()
      .valid(...LOG_LEVELS)
      .default('info'),
    takes: LOG_LEVELS.join(', '),
    about: 'how much is logged [info]',
  },
  SALDO_ALLOW_PRIVATE_WEBHOOKS: {
    schema: Joi.boolean().truthy('1', 'on', 'yes').falsy('0', 'off', 'no').default(false),
    takes: 'true or false',
    about: 'let webhooks go to loopback and private addresses [false]',
  },
  SALDO_API_KEY: {
    schema: Joi.string().pattern(/^[\x21-\x7e]{1,255}$/),
    takes: 'an API key',
    about: 'the key that "saldo listen" asks with',
  },
  SALDO_SECRET_KEY: {
    schema: Joi.string().pattern(new RegExp(`${HEX_KEY.source}|${BASE64_KEY.source}`)),
    takes: '32 random bytes in hex or base64, as "openssl rand -base64 32" prints them',
    about:
      'encrypts webhook secrets; the same in every process of a fleet [saldo start makes one in the data directory]',
  },
  SALDO_REPORTS_DIR: {
    schema: Joi.string(),
    takes: 'a folder that gateways and workers share',
    about: 'the files of reports [reports in SALDO_DATA_DIR]',
  },
  SALDO_REPORTS_KEEP_DAYS: {
    schema: Joi.number().integer().min(1).max(36_500).default(90),
    takes: 'a whole number from 1 to 36500',
    about: "how many days a report's file is kept [90]; those of closed months always are",
  },
};

/**
 * Reads the settings out of an environment. An empty variable counts as unset.
 * Throws {@link SettingsError} for a malformed one, and for any `SALDO_…` that Saldo doesn't know.
 */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const unknown = Object.keys(env).find((name) => name.startsWith('SALDO_') && !(name in SETTINGS));
  if (unknown !== undefined) {
    throw new SettingsError(`${unknown} is no setting of Saldo; it takes ${Object.keys(SETTINGS).join(', ')}`);
  }
  const value = (name: string): unknown => readOne(name, env[name]);
  const dataDir = resolve(value('SALDO_DATA_DIR') as string);
  return Object.freeze({
    port: value('PORT') as number,
    host: value('HOST') as string,
    dataDir,
    databaseUrl: value('DATABASE_URL') as string | undefined,
    redisUrl: value('REDIS_URL') as string | undefined,
    adminKey: value('SALDO_ADMIN_KEY') as string | undefined,
    lanes: value('SALDO_LANES') as number,
    backlogMax: value('SALDO_BACKLOG_MAX') as number,
    logLevel: value('LOG_LEVEL') as LogLevel,
    allowPrivateWebhooks: value('SALDO_ALLOW_PRIVATE_WEBHOOKS') as boolean,
    apiKey: value('SALDO_API_KEY') as string | undefined,
    secretKey: secretKeyOf(value('SALDO_SECRET_KEY') as string | undefined),
    reportsDir: resolve((value('SALDO_REPORTS_DIR') as string | undefined) ?? join(dataDir, 'reports')),
    reportsKeepDays: value('SALDO_REPORTS_KEEP_DAYS') as number,
  });
}

function secretKeyOf(text: string | undefined): Buffer | undefined {
  return text === undefined ? undefined : Buffer.from(text, HEX_KEY.test(text) ? 'hex' : 'base64');
}

function readOne(name: string, text: string | undefined): unknown {
  const setting = SETTINGS[name];
  if (setting === undefined) throw new Error(`no setting ${name}`);
  const result: { error?: Error | undefined; value?: unknown } = setting.schema.validate(
    text === '' ? undefined : text,
  );
  if (result.error)
    throw new SettingsError(`${name} takes ${setting.takes}, not ${JSON.stringify(redact(name, text))}`);
  return result.value;
}

/** A malformed URL or key may hold a password: it is not echoed. */
function redact(name: string, text: string | undefined): string {
  return /URL|KEY/.test(name) ? '…' : (text ?? '');
}
