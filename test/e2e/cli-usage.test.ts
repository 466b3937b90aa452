import { expect } from 'chai';
import { SETTINGS } from '@saldo/config';
import { saldo } from '../support/saldo.js';
import { makeTemporaryFolder } from '../support/temporary-folder.js';

const COMMANDS = [
  'start',
  'gateway',
  'worker',
  'migrate',
  'verify',
  'seed-demo',
  'keys create',
  'keys list',
  'keys revoke',
  'listen',
];

describe('saldo --help', () => {
  it('names every command and every setting', async () => {
    const { code, stdout } = await saldo(['--help'], {});
    expect(code).to.equal(0);
    for (const command of COMMANDS) expect(stdout).to.match(new RegExp(`^ +${command.split(' ')[0] ?? ''} `, 'm'));
    for (const [name, { about }] of Object.entries(SETTINGS)) expect(stdout).to.include(name).and.to.include(about);
  });

  it('teaches each command with an example', async () => {
    const helps = await Promise.all(COMMANDS.map((command) => saldo([...command.split(' '), '--help'], {})));
    helps.forEach(({ code, stdout }, index) => {
      expect(code).to.equal(0);
      expect(stdout)
        .to.match(/^ {2}\$ /m)
        .and.to.include(`saldo ${COMMANDS[index] ?? ''}`);
    });
  });
});

describe('a wrong saldo command', () => {
  const WRONG: [string[], RegExp][] = [
    [['strat'], /unknown command 'strat'[^]*start/],
    [['start', '--prot', '1'], /unknown option '--prot'/],
    [['keys', 'create', '--name', 'shop'], /'--role <role>' not specified/],
    [['keys', 'create', '--name', 'shop', '--role', 'king'], /merchant, accountant, admin/],
    [['keys', 'revoke', 'x'], /takes a number/],
  ];
  for (const [args, message] of WRONG) {
    it(`is named and ends with code 2: ${args.join(' ')}`, async () => {
      const { code, stdout, stderr } = await saldo(args, {});
      expect({ code, stdout }).to.deep.equal({ code: 2, stdout: '' });
      expect(stderr).to.match(message);
    });
  }
});

describe('a bad setting', () => {
  const BAD: Record<string, string> = {
    PORT: 'eighty',
    HOST: 'no host!',
    DATABASE_URL: 'mysql://me:secret@db/saldo',
    REDIS_URL: 'localhost',
    SALDO_BACKLOG_MAX: '0',
    SALDO_LANES: '0',
    LOG_LEVEL: 'loud',
    SALDO_ALLOW_PRIVATE_WEBHOOKS: 'maybe',
    SALDO_ADMIN_KEY: 'my secret key',
    SALDO_SECRET_KEY: 'my secret key',
    SALDO_API_KEY: 'my secret key',
    SALDO_PORT: '80',
  };
  for (const [name, value] of Object.entries(BAD)) {
    it(`stops the start with one line that names it: ${name}`, async () => {
      const dataDir = await makeTemporaryFolder('bad-setting');
      const { code, stdout, stderr } = await saldo(['start'], { SALDO_DATA_DIR: dataDir, [name]: value });
      expect({ code, stdout }).to.deep.equal({ code: 1, stdout: '' });
      expect(stderr)
        .to.match(new RegExp(`^saldo: ${name} .*\\n$`))
        .and.not.to.include('secret');
    });
  }

  it('is any that the command needs and has not got', async () => {
    const { code, stderr } = await saldo(['worker'], {});
    expect(code).to.equal(1);
    expect(stderr).to.match(/^saldo: DATABASE_URL takes .*\n$/);
  });
});
