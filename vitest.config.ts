import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    setupFiles: ['test/support/setup.ts'],
    // A PGlite is 300 MB and a core while it opens.
    maxWorkers: 2,
    testTimeout: 60_000,
    // The first test that needs a server may have to wait for Debian's package.
    hookTimeout: 180_000,
  },
});
