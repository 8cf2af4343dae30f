import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // A process per file: a mask that one file's threads take does not reach the next file's.
    pool: 'forks',
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // What users get is what is tested: Node loads the built package, unchanged.
    server: { deps: { external: [/\/packages\/(core|worker-shim)\/dist\//] } },
  },
});
