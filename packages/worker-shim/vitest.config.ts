import { defineConfig } from 'vitest/config';

// `npm run test:numa` boots a machine, which takes minutes: in mode numa those tests, and no others.
export default defineConfig(({ mode }) => ({
  test: {
    include: [mode === 'numa' ? 'test/numa/*.test.ts' : 'test/**/*.test.ts'],
    exclude: mode === 'numa' ? [] : ['test/numa/**'],
    // A process per file: a mask that one file's threads take does not reach the next file's.
    pool: 'forks',
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // What users get is what is tested: Node loads the built package, unchanged.
    server: { deps: { external: [/\/packages\/(core|worker-shim)\/dist\//] } },
  },
}));
