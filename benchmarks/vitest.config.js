import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.js'],
    // A process per file: a runtime is found through the environment data of the process.
    pool: 'forks',
    testTimeout: 120_000,
    server: { deps: { external: [/\/packages\/(core|worker-shim)\/dist\//] } },
  },
});
