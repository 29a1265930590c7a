import { createRequire } from 'node:module';

import { defineConfig } from 'vitest/config';

import { IntegrationFirst } from './test/support/integration-first.js';

export default defineConfig({
  // Node loads graphql's CommonJS build, and so do all libraries; vite would take the other one for our own imports.
  resolve: { alias: [{ find: /^graphql$/, replacement: createRequire(import.meta.url).resolve('graphql') }] },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    setupFiles: ['test/support/setup.ts'],
    // A PGlite is 300 MB and a core while it opens.
    maxWorkers: 2,
    // A process for each file would load the SDKs and compile PGlite two hundred times. Files that share one keep apart by
    // having databases, services and clocks of their own; test/support/setup.ts undoes what they do to the process.
    isolate: false,
    sequence: { sequencer: IntegrationFirst },
    testTimeout: 60_000,
    // The first test that needs a server may have to wait for Debian's package.
    hookTimeout: 180_000,
  },
});
