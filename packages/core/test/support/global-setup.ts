// Bundles test/workers/*.ts, so that a worker thread of a test is a plain file that Node can run.

import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** URL of the folder with the bundled workers, ending in a slash. */
    workerDir: string;
  }
}

const sources = fileURLToPath(new URL('../workers/', import.meta.url));
// Inside the package: only from here does `@syncpool/core` in a worker resolve to this package's own build.
const outputs = fileURLToPath(new URL('../.workers/', import.meta.url));

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await mkdir(outputs, { recursive: true });
  const outdir = await mkdtemp(outputs); // a folder per run: two runs at once do not meet
  const names = (await readdir(sources)).filter((name) => name.endsWith('.ts'));
  await build({
    entryPoints: names.map((name) => sources + name),
    outdir,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  project.provide('workerDir', `${pathToFileURL(outdir)}/`);
  return () => rm(outdir, { recursive: true });
}
