// A runtime with a pool 'p', a piscina over tasks/tasks.mjs, and the proof that no block was lost.

import { fileURLToPath } from 'node:url';
import { type BufferPool, createRuntime, KiB, MiB, type PoolOptions, type Runtime } from '@syncpool/core';
import { PooledPiscina } from '@syncpool/worker-shim/piscina';
import { Piscina } from 'piscina';
import { expect } from 'vitest';

export const KERNELS = ['wasm', 'atomics'] as const;
export const BLOCKS = 64;
const SIZE = 4 * KiB;
const filename = fileURLToPath(new URL('./tasks/tasks.mjs', import.meta.url));
/**
 * What workers do not inherit, which would be the loaders of the test runner. And Node 20 ends the whole process if a worker is terminated
 * while it `require`s an ES module, as piscina does first: there it has to import the file.
 */
const EXEC_ARGV = process.version.startsWith('v20.') ? ['--no-experimental-require-module'] : [];
let made = 0;

export interface Bench {
  readonly runtime: Runtime;
  readonly pool: BufferPool;
  readonly piscina: Piscina;
  readonly pooled: PooledPiscina;
  readonly close: () => Promise<void>;
}

export function openBench(
  kernel: (typeof KERNELS)[number],
  options: ConstructorParameters<typeof Piscina>[0] = {},
  poolOptions: Partial<PoolOptions> = {},
): Bench {
  made += 1;
  const name = `piscina-${kernel}-${made}`;
  const runtime = createRuntime({ name, kernel, maxBytes: 16 * MiB, maxProcessors: 40 });
  const pool = runtime.pool('p', { blockSize: SIZE, maxBytes: BLOCKS * SIZE, ...poolOptions } as PoolOptions);
  const piscina = new Piscina({
    filename,
    minThreads: 1,
    maxThreads: 1,
    execArgv: EXEC_ARGV,
    workerData: { runtime: name },
    ...options,
  });
  // An answer that comes after its task was aborted is an 'error' event of piscina.
  piscina.on('error', ({ message }: Error) => expect(message).toContain('Unexpected message from Worker'));
  const close = async () => {
    await piscina.destroy();
    runtime.close();
  };
  return { runtime, pool, piscina, pooled: new PooledPiscina(piscina, runtime), close };
}

/** Looks until it holds, the event loop turning meanwhile: the end of a killed worker comes as an event. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** Nothing is leased, detached or lost: this thread can have every block. */
export async function expectWhole({ pool, runtime }: Pick<Bench, 'pool' | 'runtime'>): Promise<void> {
  await until(() => pool.stats().totals.leased === 0);
  expect(pool.stats().classes.map(({ detached }) => detached)).toEqual([0]);
  expect(runtime.audit()).toMatchObject({ detached: 0, unaccounted: 0 });
  const all = await Promise.all(Array.from({ length: BLOCKS }, () => pool.acquire()));
  expect(new Set(all.map(({ byteOffset }) => byteOffset)).size).toBe(BLOCKS);
  for (const buffer of all) pool.put(buffer);
}
