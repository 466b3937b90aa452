import { parseArgs } from 'node:util';

export interface DayOptions {
  readonly operations: number;
  readonly users: number;
  readonly seed: number;
  readonly connections: number;
  /** Undefined: a Saldo is started for the day. */
  readonly target: { readonly url: string; readonly key: string } | undefined;
}

const USAGE = `npm run day -- [options]

Sends a plausible day of mixed operations to Saldo, waits for every outcome, and has "saldo verify" recompute the books.

  --operations N    [20000]
  --users N         [1000]
  --seed N          the same seed makes the same day [42]
  --connections N   [32]
  --url URL --key KEY   a Saldo that runs already, and a key of it; DATABASE_URL or SALDO_DATA_DIR must name its
                        database, for the verification [one of its own, on a temporary data directory]
`;

const DEFAULTS = { operations: 20_000, users: 1_000, seed: 42, connections: 32 } as const;

/** Reads the command line. Ends the process, with the usage, for one that it doesn't understand. */
export function readOptions(args: readonly string[]): DayOptions {
  try {
    return parse(args);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    process.exit(2);
  }
}

function parse(args: readonly string[]): DayOptions {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      operations: text,
      users: text,
      seed: text,
      connections: text,
      url: text,
      key: text,
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    process.exit(0);
  }
  const { url, key } = values;
  if ((url === undefined) !== (key === undefined)) throw new Error('--url and --key go together');
  return {
    operations: wholeNumber('operations', values.operations),
    users: wholeNumber('users', values.users),
    seed: wholeNumber('seed', values.seed),
    connections: wholeNumber('connections', values.connections),
    target: url === undefined || key === undefined ? undefined : { url: new URL(url).origin, key },
  };
}

function wholeNumber(name: keyof typeof DEFAULTS, text: string | undefined): number {
  const value = text === undefined ? DEFAULTS[name] : Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new Error(`--${name} takes a whole number from 1 on, not ${text}`);
  return value;
}
