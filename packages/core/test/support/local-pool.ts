// A pool of this thread alone, put together from the sources: unit tests of what needs a magazine reach
// into it without a runtime. Other tests use the built package.

import { Catalog } from '../../src/catalog.ts';
import { bindKernel, createControl } from '../../src/host/backend.ts';
import { geometryOf } from '../../src/host/geometry.ts';
import { H_FRONTIER } from '../../src/kernel/layout.ts';
import { packFrontier } from '../../src/kernel/slab.ts';
import type { Magazine } from '../../src/magazine.ts';
import { MiB } from '../../src/options.ts';
import type { KernelName } from '../../src/runtime-options.ts';
import { BufferPool } from '../../src/pool.ts';
import { Processor } from '../../src/processor.ts';

const LIMITS = { maxBytes: 4 * MiB, maxProcessors: 2, maxClasses: 2 };

/** The magazine of a pool with one size. */
export function localMagazine(size: number, kernelName: KernelName = 'atomics'): Magazine {
  const geometry = geometryOf(LIMITS);
  const bound = bindKernel(createControl(kernelName, geometry.controlBytes));
  const { kernel } = bound;
  for (const [at, value] of Object.values(geometry.header)) kernel.storePlain(at, value);
  kernel.storePlain(H_FRONTIER, packFrontier(1, geometry.slabCount + 1));
  kernel.claimRow(kernel.rowAt(0), 0, 0, -1, 0, 0, 0);
  const processor = new Processor(bound, new SharedArrayBuffer(geometry.dataBytes), 0);
  const retain = {
    sizeRetainBytes: [2 * MiB],
    retainBytes: 2 * MiB,
    drainOn: 'never',
    drainEveryMs: 0,
    decayMs: 0,
  } as const;
  const plan = {
    ...retain,
    sizes: [size],
    maxBytes: 2 * MiB,
    onExhausted: 'throw',
    onDrop: 'count',
    wipe: 'never',
    debugOneIn: 0,
    adaptive: false,
  } as const;
  const pool = new BufferPool(processor, new Catalog(processor).open('local', plan));
  return pool.magazines[0] as Magazine;
}
