import { defineConfig } from 'vitest/config';

// Deep tests take minutes: `npm run test:deep`, or SYNCPOOL_DEEP=1.
export default defineConfig(({ mode }) => {
  const deep = mode === 'deep' || process.env.SYNCPOOL_DEEP === '1';
  return {
    test: {
      include: ['test/**/*.test.ts'],
      exclude: deep ? [] : ['test/deep/**'],
      env: { SYNCPOOL_DEEP: deep ? '1' : '' },
      globalSetup: ['test/support/global-setup.ts'],
      // A process per file: a runtime is found through the environment data of the process, and workers die in some tests.
      pool: 'forks',
      testTimeout: 120_000,
      hookTimeout: 120_000,
      // What users get is what is tested: Node loads the built package, unchanged.
      server: { deps: { external: [/\/packages\/core\/dist\//] } },
    },
  };
});
