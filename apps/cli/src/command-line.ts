import { SETTINGS } from '@saldo/config';
import type { Role } from '@saldo/store';
import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import type { ListenOptions } from './commands/listen.js';

/** As the store knows them. */
const ROLES: readonly Role[] = ['merchant', 'accountant', 'admin'];

const JSON_OPTION = ['--json', 'print the result as JSON'] as const;
const KEY_NAME_MAX = 128;
const WHICH_DATABASE =
  'DATABASE_URL names the database; without, it is the one of the data directory, whether "saldo start" runs or not.';

interface JsonOption {
  readonly json?: boolean;
}

interface VerifyOptions extends JsonOption {
  readonly report?: string;
  readonly manifest?: string;
}

interface NewKey {
  readonly name: string;
  readonly role: Role;
}

/**
 * All commands with their help. Each loads its code when it is run: help comes at once, and a gateway carries no
 * worker. Usage errors and help end in a CommanderError.
 */
export function commandLine(): Command {
  const program = new Command('saldo')
    .description(
      'A balance service: money operations applied exactly once, in order, in a double-entry ledger on Postgres.',
    )
    .exitOverride()
    .showHelpAfterError('(add --help for more)')
    .configureHelp({ showGlobalOptions: false })
    .addHelpText('after', settingsHelp());
  addServers(program);
  addMaintenance(program);
  addKeys(program);
  addListen(program);
  for (const command of allBelow(program))
    command.addHelpText('after', '\n"saldo --help" lists the settings in the environment.');
  return program;
}

function addServers(program: Command): void {
  program
    .command('start')
    .summary('run everything')
    .description(
      'Runs everything: gateway, worker and, unless DATABASE_URL names one, a Postgres in the data directory. ' +
        'Shows where it listens, the first admin key and a request to try. Ctrl-C stops it all.',
    )
    .option('--demo', 'with the demo catalogue, as "saldo seed-demo" writes it')
    .addHelpText(
      'after',
      example('npx saldo start', 'npm start -- --demo', 'PORT=8080 SALDO_DATA_DIR=/srv/saldo npx saldo start'),
    )
    .action(async (options: { demo?: boolean }) => (await import('./commands/start.js')).runStart(options));
  program
    .command('gateway')
    .summary('run a gateway alone')
    .description('Runs a gateway alone: it answers HTTP. For fleets; needs DATABASE_URL.')
    .addHelpText('after', example('DATABASE_URL=postgres://me@db/saldo REDIS_URL=redis://cache npx saldo gateway'))
    .action(async () => (await import('./commands/gateway.js')).runGateway());
  program
    .command('worker')
    .summary('run a worker alone')
    .description('Runs a worker alone: it applies what the gateways accept. For fleets; needs DATABASE_URL.')
    .addHelpText('after', example('DATABASE_URL=postgres://me@db/saldo REDIS_URL=redis://cache npx saldo worker'))
    .action(async () => (await import('./commands/worker.js')).runWorker());
}

function addMaintenance(program: Command): void {
  program
    .command('migrate')
    .summary("bring the database's tables up to date")
    .description(`Brings the database's tables up to date. The servers do it too when they start. ${WHICH_DATABASE}`)
    .option(...JSON_OPTION)
    .addHelpText('after', example('npx saldo migrate', 'DATABASE_URL=postgres://me@db/saldo npx saldo migrate'))
    .action(async (options: JsonOption) => (await import('./commands/migrate.js')).runMigrate(options));
  program
    .command('verify')
    .summary('recompute the books and name every difference')
    .description(
      'Recomputes every balance from the first operation: balances, sequences, holds, sums. ' +
        'Names every difference, and ends with code 1 if there is any. It may run at any time. With --report it checks ' +
        `a report's file against its manifest instead, and needs no database. ${WHICH_DATABASE}`,
    )
    .option('--report <file>', "check a report's file")
    .option('--manifest <file>', 'its manifest [the file beside it, FILE.manifest.json]')
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      example('npx saldo verify', 'npx saldo verify --json', 'npx saldo verify --report revenue-2026-11.csv'),
    )
    .action(async ({ report, manifest, ...options }: VerifyOptions) => {
      if (report === undefined) await (await import('./commands/verify.js')).runVerify(options);
      else await (await import('./commands/verify-report.js')).runVerifyReport(report, { manifest, ...options });
    });
  program
    .command('seed-demo')
    .summary('write a catalogue to try things with')
    .description(
      'Writes the demo catalogue of the Avito balance service: services 1 to 6, orders 1 to 8 of users 1 to 5, company ' +
        `account 1. It moves no money, and what is there already is left as it is. ${WHICH_DATABASE}`,
    )
    .option(...JSON_OPTION)
    .addHelpText('after', example('npx saldo seed-demo', 'npm start -- --demo'))
    .action(async (options: JsonOption) => (await import('./commands/seed-demo.js')).runSeedDemo(options));
}

function addKeys(program: Command): void {
  const keys = program
    .command('keys')
    .summary('make, list and revoke API keys')
    .description(`Makes, lists and revokes API keys. ${WHICH_DATABASE}`);
  keys
    .command('create')
    .description('Makes a key. It is printed this once: the database keeps only a hash of it.')
    .requiredOption('--name <name>', 'what it is for, in your words', keyName)
    .addOption(new Option('--role <role>', 'what it may do').choices(ROLES).makeOptionMandatory())
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      example(
        'npx saldo keys create --name shop --role merchant',
        'KEY=$(npx saldo keys create --name me --role admin)',
      ),
    )
    .action(async (options: NewKey & JsonOption) => (await import('./commands/keys.js')).runKeysCreate(options));
  keys
    .command('list')
    .description('Lists the keys that are valid, with the id that "revoke" takes.')
    .option(...JSON_OPTION)
    .addHelpText('after', example('npx saldo keys list'))
    .action(async (options: JsonOption) => (await import('./commands/keys.js')).runKeysList(options));
  keys
    .command('revoke')
    .description('Revokes a key, at once and for ever.')
    .addArgument(new Argument('<id>', 'the id that "keys list" shows').argParser(keyId))
    .addHelpText('after', example('npx saldo keys revoke 3'))
    .action(async (id: number) => (await import('./commands/keys.js')).runKeysRevoke(id));
}

function addListen(program: Command): void {
  program
    .command('listen')
    .summary('show events as they come, and pass them on to a program of yours')
    .description(
      'Shows the events that an API key may see, one JSON text a line, from now on. With --forward-to it also posts ' +
        'them there as webhooks, signed with a secret that it shows: for developing a receiver, without an endpoint. ' +
        'Ctrl-C ends it.',
    )
    .option('--key <key>', 'the API key; SALDO_API_KEY if it is not given')
    .option('--url <url>', 'where the gateway listens; by default, where "saldo start" would')
    .option('--types <types>', 'only these, as operation.completed,report.*')
    .option('--after <event>', 'begin after the event with this id', 'now')
    .option('--forward-to <url>', 'post them there')
    .option('--secret <secret>', 'sign with this one (whsec_…) instead of a new one')
    .addHelpText(
      'after',
      example(
        'npx saldo listen --key KEY',
        'npx saldo listen --key KEY --types "operation.*" --forward-to http://localhost:4000/webhooks',
      ),
    )
    .action(async (options: ListenOptions) => (await import('./commands/listen.js')).runListen(options));
}

function keyName(text: string): string {
  const name = text.trim();
  if (name === '' || name.length > KEY_NAME_MAX)
    throw new InvalidArgumentError(`It takes 1 to ${KEY_NAME_MAX} characters.`);
  return name;
}

function keyId(text: string): number {
  if (!/^[1-9][0-9]{0,8}$/.test(text)) throw new InvalidArgumentError('It takes a number.');
  return Number(text);
}

function allBelow(command: Command): Command[] {
  return command.commands.flatMap((child) => [child, ...allBelow(child)]);
}

function example(...lines: string[]): string {
  return `\nExample${lines.length > 1 ? 's' : ''}:\n${lines.map((line) => `  $ ${line}`).join('\n')}`;
}

function settingsHelp(): string {
  const width = Math.max(...Object.keys(SETTINGS).map((name) => name.length));
  const lines = Object.entries(SETTINGS).map(
    ([name, { about, takes }]) => `  ${name.padEnd(width)}  ${about}; takes ${takes}`,
  );
  return `${example('npx saldo start', 'npx saldo keys create --name shop --role merchant')}\n\nSettings in the environment [default]:\n${lines.join('\n')}`;
}
