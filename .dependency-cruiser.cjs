/**
 * Which way imports run. Type-only imports count too: a type from above is knowledge of what is above.
 * test/architecture.test.ts holds the sources to it.
 *
 * @type {import('dependency-cruiser').IConfiguration}
 */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Modules that need each other are one module, or have a third between them.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolved',
      comment: 'An import that leads nowhere is checked by none of these rules.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'only-src-in-src',
      comment: 'The product does not need its tests, scripts or benchmarks.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|scripts|bench|fuzz|examples|dist)/' },
    },
    {
      name: 'no-development-packages',
      comment: 'The product runs where development dependencies are not installed.',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'errors-know-nothing',
      comment: 'Everything may throw an error of ours, so errors.ts stands on nothing.',
      severity: 'error',
      from: { path: '^src/errors\\.ts$' },
      to: {},
    },
    {
      name: 'services-look-down',
      comment: 'Services know other services and errors; what serves them to the world is above them.',
      severity: 'error',
      from: { path: '^src/services/' },
      to: { path: '^src/', pathNot: '^src/(services/|(errors|package-files)\\.ts$)' },
    },
    {
      name: 'services-without-graphql',
      comment: 'GraphQL is one way to reach the services, not a part of them.',
      severity: 'error',
      from: { path: '^src/(services/|errors\\.ts$|config)' },
      to: {
        path: ['node_modules/(type-)?graphql', 'node_modules/@(apollo|graphql-tools|as-integrations)/'],
      },
    },
    {
      name: 'embedded-stands-alone',
      comment:
        'The engines stand in for AWS: they may use the Cedar engine and the database, and know nothing of the service.',
      severity: 'error',
      from: { path: '^src/embedded/' },
      to: {
        path: '^src/',
        pathNot:
          '^src/(embedded/|services/(cedar|database)/|services/(clock|logger|aws-sdk-logger|randomness)\\.ts$|errors\\.ts$|package-files\\.ts$)',
      },
    },
    {
      name: 'embedded-gets-its-foundations',
      comment: 'Clock, log and randomness are handed to the engines; only their types are imported.',
      severity: 'error',
      from: { path: '^src/embedded/' },
      to: { path: '^src/services/(clock|logger|randomness)\\.ts$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'embedded-is-an-entrance',
      comment:
        'Whoever needs Cognito or Verified Permissions uses the AWS clients; only who starts the engines knows them.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(app(\\.ts$|/)|tools/|embedded/)' },
      to: { path: '^src/embedded/' },
    },
    {
      name: 'http-is-an-entrance',
      comment: 'The edge is put together in one place.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(app(\\.ts$|/)|main\\.ts$|tools/|http/)' },
      to: { path: '^src/http/' },
    },
    {
      name: 'http-below-app',
      comment: 'The edge carries a schema and services that it is given.',
      severity: 'error',
      from: { path: '^src/http/' },
      to: { path: '^src/(main\\.ts$|app(\\.ts$|/)|config|resolvers/|directives/|tools/)' },
    },
    {
      name: 'graphql-below-app',
      comment:
        'Schema, resolvers, directives and context get their services as types and their instances from the context.',
      severity: 'error',
      from: { path: '^src/(schema|resolvers|directives)/|^src/context\\.ts$' },
      to: { path: '^src/(main\\.ts$|app(\\.ts$|/)|config|http/|tools/|embedded/)' },
    },
    {
      name: 'schema-below-resolvers',
      comment: 'Types are what resolvers and directives speak of, so they know neither.',
      severity: 'error',
      from: { path: '^src/(schema/|context\\.ts$)' },
      to: { path: '^src/resolvers/' },
    },
    {
      name: 'directives-below-resolvers',
      comment: 'A guard does not know what it guards.',
      severity: 'error',
      from: { path: '^src/directives/' },
      to: { path: '^src/resolvers/' },
    },
    {
      name: 'authorize-is-light',
      comment:
        'Other subgraphs install it: it takes no service along, and no package that only the service needs.',
      severity: 'error',
      from: { path: '^src/authorize/' },
      to: {
        reachable: true,
        path: 'node_modules/',
        pathNot: 'node_modules/(graphql|@graphql-tools|dataloader|lru-cache|p-retry|is-network-error)/',
      },
    },
    {
      name: 'authorize-is-an-entrance',
      comment: 'The service itself enforces by src/directives, and asks nobody over HTTP.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/authorize/' },
      to: { path: '^src/authorize/' },
    },
    {
      name: 'config-knows-no-parts',
      comment: 'The configuration describes; what it describes is made by app.ts.',
      severity: 'error',
      from: { path: '^src/config(\\.ts$|/)' },
      to: {
        path: '^src/(main\\.ts$|app(\\.ts$|/)|context\\.ts$|schema/|resolvers/|directives/|http/|embedded/|tools/)',
      },
    },
    {
      name: 'config-is-read-at-the-top',
      comment: 'What somebody needs of the configuration is handed to them.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(main\\.ts$|app(\\.ts$|/)|tools/|config(\\.ts$|/))' },
      to: { path: '^src/config(\\.ts$|/)' },
    },
    {
      name: 'app-is-made-at-the-top',
      comment: 'main.ts and the tools make the app; nothing reaches back up to it.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(main\\.ts$|tools/)' },
      to: { path: '^src/(main|app)\\.ts$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
    },
  },
};
