import { parseArgs } from 'node:util';
import { CASES, type CaseName, type QueueKind } from './names.js';

export interface Options {
  readonly queues: readonly QueueKind[];
  /** Whether the user asked for Redis by name, rather than for whatever there is. */
  readonly needsRedis: boolean;
  readonly secondsPerRun: number;
  readonly rounds: number;
  readonly isQuick: boolean;
  readonly isJson: boolean;
  readonly cases: readonly CaseName[];
  readonly accounts: number;
  /** So many operations are in the tables before the run that is compared with one on empty tables. */
  readonly preload: number | undefined;
}

const USAGE = `npm run bench -- [options]

  --queue redis|postgres|both  what carries the envelopes [both]
  --seconds N                  how long each run sends [5; quick: 0.3]
  --rounds N                   how often everything is run; figures are medians [5; quick: 1]
  --case NAME[,NAME]           only these: ${CASES.join(', ')}
  --accounts N                 how many users there are [100000; quick: 10000]
  --preload N                  compare ledgers with and without N operations in the tables, instead of the cases
  --quick                      everything once and short, in under a minute: tells that it works, not how fast it is
  --json                       print the results as JSON rather than as tables

SALDO_LANES in the environment gives Saldo another number of lanes than its own default.
`;

/** Reads the command line. Ends the process, with the usage, for one that it doesn't understand. */
export function readOptions(args: readonly string[]): Options {
  try {
    return parse(args);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    process.exit(2);
  }
}

function parse(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      queue: { type: 'string', default: 'both' },
      seconds: { type: 'string' },
      rounds: { type: 'string' },
      case: { type: 'string' },
      accounts: { type: 'string' },
      preload: { type: 'string' },
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    process.exit(0);
  }
  const isQuick = values.quick;
  return {
    queues: queuesOf(values.queue),
    needsRedis: values.queue === 'redis',
    secondsPerRun: numberOf('seconds', values.seconds, isQuick ? 0.3 : 5),
    rounds: Math.round(numberOf('rounds', values.rounds, isQuick ? 1 : 5)),
    isQuick,
    isJson: values.json,
    cases: values.case === undefined ? CASES : values.case.split(',').map(caseOf),
    accounts: Math.round(numberOf('accounts', values.accounts, isQuick ? 10_000 : 100_000)),
    preload: values.preload === undefined ? undefined : Math.round(numberOf('preload', values.preload, 0)),
  };
}

function queuesOf(text: string): QueueKind[] {
  if (text === 'both') return ['redis', 'postgres'];
  if (text === 'redis' || text === 'postgres') return [text];
  throw new Error(`--queue takes redis, postgres or both, not ${text}`);
}

function caseOf(text: string): CaseName {
  const found = CASES.find((name) => name === text);
  if (found === undefined) throw new Error(`--case takes some of ${CASES.join(', ')}, not ${text}`);
  return found;
}

function numberOf(name: string, text: string | undefined, fallback: number): number {
  const value = text === undefined ? fallback : Number(text);
  if (!(value > 0)) throw new Error(`--${name} takes a number greater than 0, not ${text}`);
  return value;
}
