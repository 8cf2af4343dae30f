// What the simulator runs of the packages' own sources, where they lie: the kernel as generators that stop at every shared operation
// (the explorer's binding), the order of victims, the recorded machines. tsx reads them; none of them is published.

import { tsImport } from 'tsx/esm/api';

const source = (path) => tsImport(`../../packages/${path}`, import.meta.url);

const { instrument } = await source('core/test/model/instrument.ts');
export const { bindKernel } = await source('core/src/host/backend.ts');
export const { Neighbours } = await source('core/src/neighbours.ts');
export const layout = await source('core/src/kernel/layout.ts');
export const { SOURCE_DEQUE, SOURCE_STEAL } = await source('core/src/kernel/deque.ts');
export const { SOURCE_SLAB } = await source('core/src/kernel/slab.ts');
export const { DONE, RETRY } = await source('core/src/kernel/outcome.ts');
export const { MAX_BATCH, MAX_CUT } = await source('core/src/kernel/widths.ts');
export const { capacityOf } = await source('core/src/magazine.ts');
export const { placementIn } = await source('worker-shim/src/placement/of-thread.ts');
export const { topologyOf } = await source('worker-shim/test/support/trees.ts');
export const { violations } = await source('core/test/support/invariants.ts');

/** Binds the kernel's generators to the operations of a memory (memory.js). */
export const bindGenerators = await instrument({ indexBits: 16 });
