import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { findProcesses } from '../support/processes.js';
import { saldo, type Environment } from '../support/saldo.js';
import { makeTemporaryFolder } from '../support/temporary-folder.js';

describe('saldo keys, verify and migrate without a running start', () => {
  let env: Environment;
  let dataDir: string;

  before(async () => {
    dataDir = await makeTemporaryFolder('no-start');
    env = { SALDO_DATA_DIR: dataDir };
  });

  afterEach('leaves nothing running', async () => expect(await findProcesses(dataDir)).to.deep.equal([]));

  it('make the database where there is none, say so, and are not misled by an attempt that was killed half-way', async () => {
    await mkdir(join(dataDir, 'postgres.init-killed', 'data'), { recursive: true });
    await writeFile(join(dataDir, 'postgres.init-killed', 'data', 'PG_VERSION'), '18');
    const { code, stdout, stderr } = await saldo(['verify'], env);
    expect(code, stderr).to.equal(0);
    expect(stderr).to.include(`There is no database in ${dataDir} yet`);
    expect(stdout)
      .to.match(/^jobs +0$/m)
      .and.to.include('The books are right.');
    expect(await readdir(dataDir)).not.to.include('postgres.init-killed');
  });

  it('keep what they did: a key is made, listed and revoked', async () => {
    const made = await saldo(['keys', 'create', '--name', 'books', '--role', 'accountant'], env);
    expect(made.code, made.stderr).to.equal(0);
    expect(made.stdout).to.match(/^saldo_\S+\n$/);
    const listed = await saldo(['keys', 'list'], env);
    expect(listed.stdout)
      .to.match(/^1 +accountant +\S+… +\S+Z +books$/m)
      .and.not.to.include(made.stdout.trim());
    expect((await saldo(['keys', 'revoke', '1'], env)).stdout).to.equal('Key 1 is revoked.\n');
    expect((await saldo(['keys', 'list'], env)).stdout).not.to.include('books');
    const again = await saldo(['keys', 'revoke', '1'], env);
    expect(again).to.include({ code: 1, stdout: '', stderr: 'saldo: there is no key 1, or it is revoked already\n' });
  });

  it('wait for each other', async () => {
    const ended = await Promise.all([saldo(['migrate', '--json'], env), saldo(['verify', '--json'], env)]);
    expect(ended.map(({ code }) => code)).to.deep.equal([0, 0]);
    expect(ended.map(({ stdout }): unknown => JSON.parse(stdout))[0]).to.deep.equal({ ran: [] });
  });

  it('find a start that was ended by a power cut, whose pids are those of others by now', async () => {
    await writeFile(
      join(dataDir, 'saldo.lock'),
      JSON.stringify({ pid: process.pid, startedAt: '1', command: 'start' }),
    );
    await writeFile(
      join(dataDir, 'postgres', 'postmaster.pid'),
      `${process.pid}\n${dataDir}/postgres\n1\n1\n\n\n\nready\n`,
    );
    const { code, stderr } = await saldo(['migrate'], env);
    expect(code, stderr).to.equal(0);
  });
});
