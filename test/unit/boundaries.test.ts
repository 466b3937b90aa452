import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { expect } from 'chai';
import ts from 'typescript';

const ROOT = resolve(import.meta.dirname, '../../..');
const CRUISER = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');

/** A rule, the file that breaks it, and how. */
const PLANTED: readonly (readonly [rule: string, file: string, code: string])[] = [
  ['ledger-imports-nothing', 'packages/ledger/src/settings.ts', "import '@saldo/config';"],
  ['ledger-imports-nothing', 'packages/ledger/src/disk.ts', "import 'node:fs';"],
  ['config-imports-none-of-ours', 'packages/config/src/money.ts', "import '@saldo/ledger';"],
  ['packages-import-ledger-at-most', 'packages/queue/src/store.ts', "import '@saldo/store';"],
  ['packages-import-ledger-at-most', 'packages/store/src/type.ts', "import type { name } from '@saldo/queue';"],
  ['packages-import-ledger-at-most', 'packages/store/src/inline.ts', "export type T = import('@saldo/queue').name;"],
  [
    'packages-import-ledger-at-most',
    'packages/store/src/lazy.ts',
    "export const late = () => import('@saldo/config');",
  ],
  ['packages-import-ledger-at-most', 'packages/reports/src/rows.ts', "export * from '@saldo/store';"],
  ['packages-import-ledger-at-most', 'packages/webhooks/src/near.ts', "import '../../queue/src/index.js';"],
  ['packages-import-no-app', 'packages/queue/src/app.ts', "import '@saldo/worker';"],
  ['apps-import-no-app', 'apps/gateway/src/worker.ts', "import '@saldo/worker';"],
  ['cli-enters-apps-by-the-door', 'apps/cli/src/inside.ts', "import '../../gateway/src/inside.js';"],
  ['packages-are-entered-by-the-door', 'apps/worker/src/books.ts', "import '../../../packages/ledger/src/inside.js';"],
  ['production-imports-no-test', 'apps/worker/src/test.ts', "import '../../../test/support/help.js';"],
  ['examples-import-nothing-of-ours', 'examples/receiver/src/types.ts', "import type { name } from '@saldo/store';"],
  ['only-queue-imports-bullmq-and-ioredis', 'apps/worker/src/job.ts', "import type { Job } from 'bullmq';"],
  ['only-queue-imports-bullmq-and-ioredis', 'apps/gateway/src/redis.ts', "import 'ioredis';"],
  ['only-store-imports-knex', 'packages/queue/src/knex.ts', "import knex from 'knex';"],
  ['only-store-and-queue-import-pg', 'apps/gateway/src/pg.ts', "import pg from 'pg';"],
  ['no-catch-all', 'packages/common/src/index.ts', "import '@saldo/ledger';"],
  ['no-catch-all', 'packages/store/src/any.ts', "import './utils.js';"],
  ['no-circular', 'packages/store/src/back.ts', "import './there.js';\nexport const back = 1;"],
  ['no-unresolvable', 'apps/worker/src/typo.ts', "import '@saldo/leger';"],
];

/** What may be imported, in each folder of a sound house. */
const SOUND: Readonly<Record<string, string>> = {
  'packages/ledger': "import './inside.js';",
  'packages/config': "import 'node:path';",
  'packages/store': "import '@saldo/ledger';\nimport 'knex';\nimport 'pg';",
  'packages/queue':
    "import type { name as n } from '@saldo/ledger';\nimport 'bullmq';\nimport 'ioredis';\nimport 'pg';",
  'packages/reports': "import '@saldo/ledger';",
  'packages/webhooks': '',
  'apps/gateway': "import '@saldo/store';\nimport '@saldo/queue';\nimport '@saldo/config';\nimport '@saldo/ledger';",
  'apps/worker': "import '@saldo/store';\nimport '@saldo/queue';",
  'examples/receiver': "import './inside.js';",
  'apps/cli': "import '@saldo/gateway';\nimport '@saldo/worker';\nimport '@saldo/config';",
};

describe('The house', function () {
  this.timeout(60_000);

  it('keeps its import rules, all over the sources', () => {
    const { sources, violations } = cruise(ROOT);
    expect(violations).to.deep.equal([]);
    const ours = foldersIn(ROOT)
      .flatMap((folder) => filesUnder(`${folder}/src`))
      .filter((path) => path.endsWith('.ts'));
    expect(ours).to.have.length.greaterThan(20);
    expect(sources).to.include.members(ours);
  });

  describe('built elsewhere', () => {
    let house: string;
    beforeEach(() => {
      house = buildHouse();
    });
    afterEach(() => rmSync(house, { recursive: true, force: true }));

    it('is sound with every rule kept', () => {
      expect(cruise(house).violations).to.deep.equal([]);
      expect(runCruiser(house, 'err').status).to.equal(0);
    });

    it('shows every rule broken', () => {
      write(house, 'packages/store/src/there.ts', "import type { back } from './back.js';");
      write(house, 'packages/store/src/utils.ts', 'export {};');
      for (const [, file, code] of PLANTED) write(house, file, code);
      const { violations, rules } = cruise(house);
      expect(PLANTED.map(([rule]) => rule)).to.include.members(rules);
      for (const [rule, file] of PLANTED) expect(violations).to.include(`${rule}: ${file}`);
      expect(runCruiser(house, 'err').status).to.be.greaterThan(0);
    });
  });

  it('keeps SQL in store', () => {
    const files = foldersIn(ROOT)
      .filter((folder) => folder !== 'packages/store')
      .flatMap((folder) => filesUnder(`${folder}/src`));
    const sources = files.filter((path) => path.endsWith('.ts'));
    expect(sources).to.have.length.greaterThan(20);
    expect(files.filter((path) => path.endsWith('.sql'))).to.deep.equal([]);
    expect(sources.flatMap((path) => sqlIn(readFileSync(join(ROOT, path), 'utf8')))).to.deep.equal([]);
  });

  it('knows SQL from prose', () => {
    expect(sqlIn('run(`SELECT balance\n FROM accounts WHERE id = ${id}`)')).to.have.length(1);
    expect(sqlIn("run('update lanes set accepted = 1'); run(`insert into ${table}`)")).to.have.length(2);
    expect(sqlIn("// select x from y\nlog('update the settings'); log('delete from here on')")).to.deep.equal([]);
  });
});

interface Cruise {
  /** The TypeScript sources that were looked at. */
  readonly sources: readonly string[];
  /** `rule: file` for each broken rule. */
  readonly violations: readonly string[];
  /** The names of the rules that there are. */
  readonly rules: readonly string[];
}

interface CruiserReport {
  readonly modules: readonly { readonly source: string }[];
  readonly summary: {
    readonly violations: readonly { readonly rule: { readonly name: string }; readonly from: string }[];
    readonly ruleSetUsed: { readonly forbidden: readonly { readonly name: string }[] };
  };
}

/** Runs the project's rules over a tree, as `npm run boundaries` does. */
function cruise(root: string): Cruise {
  const { stdout, stderr } = runCruiser(root, 'json');
  if (!stdout.startsWith('{')) throw new Error(`the cruiser did not report: ${stdout}${stderr}`);
  const { modules, summary } = JSON.parse(stdout) as CruiserReport;
  return {
    sources: modules.map(({ source }) => source).filter((path) => /^[^.].*(?<![.]d)[.]ts$/.test(path)),
    violations: summary.violations.map(({ rule, from }) => `${rule.name}: ${from}`),
    rules: summary.ruleSetUsed.forbidden.map(({ name }) => name),
  };
}

function runCruiser(root: string, output: 'json' | 'err'): { status: number | null; stdout: string; stderr: string } {
  const sources = foldersIn(root).map((folder) => `${folder}/src`);
  const args = [CRUISER, '--config', join(ROOT, '.dependency-cruiser.cjs'), '--output-type', output, ...sources];
  return spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
}

/** A small sound house in a temporary folder: every package and app, compiled, and the libraries that have rules. */
function buildHouse(): string {
  const house = realpathSync(mkdtempSync(join(tmpdir(), 'saldo-house-')));
  for (const library of ['bullmq', 'ioredis', 'knex', 'pg']) {
    write(house, `node_modules/${library}/package.json`, JSON.stringify({ name: library, main: 'index.js' }));
    write(house, `node_modules/${library}/index.js`, '');
  }
  mkdirSync(join(house, 'node_modules/@saldo'));
  for (const [folder, code] of Object.entries(SOUND)) {
    const name = folder.split('/')[1] ?? folder;
    const exports = { '.': { types: './dist/index.d.ts', default: './dist/index.js' } };
    write(house, `${folder}/package.json`, JSON.stringify({ name: `@saldo/${name}`, type: 'module', exports }));
    write(house, `${folder}/dist/index.js`, 'export {};');
    write(house, `${folder}/src/index.ts`, `${code}\nexport const name = '${name}';`);
    write(house, `${folder}/src/inside.ts`, 'export const inside = 1;');
    symlinkSync(join(house, folder), join(house, 'node_modules/@saldo', name));
  }
  write(house, 'test/support/help.ts', "import '@saldo/store';\nimport 'bullmq';");
  return house;
}

function write(root: string, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** `packages/ledger`, `apps/gateway` and so on, where there is a source. */
function foldersIn(root: string): string[] {
  const folders = ['packages', 'apps', 'examples'].flatMap((top) =>
    readdirSync(join(root, top)).map((name) => `${top}/${name}`),
  );
  return folders.filter((folder) => existsSync(join(root, folder, 'src')));
}

function filesUnder(folder: string): string[] {
  const entries = readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => relative(ROOT, join(entry.parentPath, entry.name)));
}

const SQL =
  /^\s*(?:select\b.*\bfrom|insert\s+into|delete\s+from\s+\w+\s*(?:where\b|$)|update\s+\w+\s+set\s+\w+\s*=|(?:create|alter|drop)\s+table\b)/is;

/** The strings and templates of a TypeScript source that begin like SQL. */
function sqlIn(source: string): string[] {
  const found: string[] = [];
  const look = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) && SQL.test(node.text)) found.push(node.text);
    if (ts.isTemplateExpression(node)) {
      const text = node.head.text + node.templateSpans.map(({ literal }) => `_${literal.text}`).join('');
      if (SQL.test(text)) found.push(text);
    }
    ts.forEachChild(node, look);
  };
  look(ts.createSourceFile('any.ts', source, ts.ScriptTarget.Latest));
  return found;
}
