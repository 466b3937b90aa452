const CATCH_ALL = [
  '^(?:packages|apps)/(?:common|shared|utils?|helpers?|misc|lib)/',
  '^(?:packages|apps)/.+/(?:common|shared|utils?|helpers?|misc|lib)(?:/|[.]ts$)',
];

/**
 * Imports run one way (ARCHITECTURE.md, "The house"). Type-only imports count. Packages are resolved through
 * node_modules to their compiled entry, packages/<name>/dist/, so a rule on packages/<name>/ sees both an import by
 * name and a relative one.
 *
 * @type {import('dependency-cruiser').IConfiguration}
 */
module.exports = {
  forbidden: [
    {
      name: 'ledger-imports-nothing',
      comment: 'The money rules are pure functions: no package of ours, no library, no I/O.',
      severity: 'error',
      from: { path: '^packages/ledger/' },
      to: { pathNot: '^packages/ledger/' },
    },
    {
      name: 'config-imports-none-of-ours',
      severity: 'error',
      from: { path: '^packages/config/' },
      to: { path: '^(packages|apps)/', pathNot: '^packages/config/' },
    },
    {
      name: 'packages-import-ledger-at-most',
      comment: 'queue and store know nothing of each other: the apps hand the one to the other.',
      severity: 'error',
      from: { path: '^packages/([^/]+)/' },
      to: { path: '^packages/', pathNot: '^packages/($1|ledger)/' },
    },
    {
      name: 'packages-import-no-app',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^apps/' },
    },
    {
      name: 'apps-import-no-app',
      severity: 'error',
      from: { path: '^apps/([^/]+)/', pathNot: '^apps/cli/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'cli-enters-apps-by-the-door',
      comment: 'The cli starts an app through its one entry and sees nothing of its inside.',
      severity: 'error',
      from: { path: '^apps/cli/' },
      to: { path: '^apps/', pathNot: ['^apps/cli/', '^apps/[^/]+/(src|dist)/index[.][jt]s$'] },
    },
    {
      name: 'packages-are-entered-by-the-door',
      comment: 'What a package offers, its index exports.',
      severity: 'error',
      from: { path: '^(?:packages|apps)/([^/]+)/' },
      to: { path: '^packages/', pathNot: ['^packages/$1/', '^packages/[^/]+/(src|dist)/index[.][jt]s$'] },
    },
    {
      name: 'production-imports-no-test',
      severity: 'error',
      from: { path: '^(packages|apps)/' },
      to: { path: '^(test|bench)/' },
    },
    {
      name: 'examples-import-nothing-of-ours',
      comment: 'An example is what somebody else would write.',
      severity: 'error',
      from: { path: '^examples/([^/]+)/' },
      to: { path: '^(packages|apps|test|bench|examples)/', pathNot: '^examples/$1/' },
    },
    {
      name: 'only-queue-imports-bullmq-and-ioredis',
      severity: 'error',
      from: { path: '^((packages|apps)/|knexfile)', pathNot: '^packages/queue/' },
      to: { path: '(^|/)node_modules/(bullmq|ioredis)/' },
    },
    {
      name: 'only-store-imports-knex',
      severity: 'error',
      from: { path: '^((packages|apps)/|knexfile)', pathNot: '^packages/store/' },
      to: { path: '(^|/)node_modules/knex/' },
    },
    {
      name: 'only-store-and-queue-import-pg',
      comment: 'SQL lives in store. The queue without Redis listens and notifies on a connection of its own.',
      severity: 'error',
      from: { path: '^((packages|apps)/|knexfile)', pathNot: '^packages/(store|queue)/' },
      to: { path: '(^|/)node_modules/(pg|pg-pool|pg-cursor|postgres)/' },
    },
    {
      name: 'no-catch-all',
      comment: 'Nothing is called common, shared or utils: a thing is named for what it does.',
      severity: 'error',
      from: { path: CATCH_ALL },
      to: {},
    },
    {
      name: 'no-catch-all',
      severity: 'error',
      from: {},
      to: { path: CATCH_ALL, pathNot: '/node_modules/' },
    },
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolvable',
      comment: 'An import that resolves to nothing would slip through every other rule.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: ['node_modules', '^(packages|apps)/[^/]+/dist/'] },
    exclude: { path: ['^test/dist/'] },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
    skipAnalysisNotInRules: true,
  },
};
