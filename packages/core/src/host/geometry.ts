// How control memory is divided for given limits, and what its header must say. Pure arithmetic.

import { rangeError } from '../errors.ts';
import * as layout from '../kernel/layout.ts';
import { INDEX_BITS } from '../kernel/widths.ts';
import { MOST_SLABS } from '../options.ts';
import type { RuntimePlan } from '../runtime-options.ts';

export const MAX_POOLS = 64;
const MOST_RING_SLOTS = 4096;
const LEAST_RING_SLOTS = 64;
/** Rings are made shorter when there are so many that they would take more than this. */
const RINGS_BYTES = 256 * 2 ** 20;
/** What the lines start on. The lines of a slab's blocks are 256 KiB apart: from inside of a page they would touch one page more in each. */
const PAGE_BYTES = 4096;

/** Header words by name: what the creator stores and every attach compares. */
type Header = Readonly<Record<string, readonly [at: number, value: number]>>;

export interface Geometry {
  readonly controlBytes: number;
  readonly slabCount: number;
  readonly maxProcessors: number;
  readonly maxClasses: number;
  readonly dataBytes: number;
  readonly header: Header;
}

function ringSlotsFor(cells: number): number {
  let slots = Math.min(MOST_RING_SLOTS, 2 ** (INDEX_BITS - 1));
  while (slots > LEAST_RING_SLOTS && cells * slots * 4 > RINGS_BYTES) slots /= 2;
  return slots;
}

/**
 * Divides control memory. Every region is as large as the limits allow it to become and costs only
 * the pages that are touched.
 *
 * Slabs: twice what `maxBytes` fills, because a size that does not divide 1 MiB wastes up to half
 * of each slab and because slabs and runs grow towards each other; and one more for every class,
 * whose last slab is only partly cut. A pool's share is checked when it is opened (catalog.ts).
 */
export function geometryOf(plan: Pick<RuntimePlan, 'maxBytes' | 'maxProcessors' | 'maxClasses'>): Geometry {
  const { maxBytes, maxProcessors, maxClasses } = plan;
  const slabCount = Math.min(MOST_SLABS, 2 * Math.ceil(maxBytes / layout.SLAB_BYTES) + maxClasses);
  const cells = maxProcessors * maxClasses;
  const ringSlots = ringSlotsFor(cells);
  let end = layout.HEADER_BYTES;
  const region = (bytes: number, startsOn = layout.LINE): number => {
    const at = Math.ceil(end / startsOn) * startsOn;
    end = at + Math.ceil(bytes / layout.LINE) * layout.LINE;
    return at;
  };
  const header: Record<string, [number, number]> = {
    magic: [layout.H_MAGIC, layout.MAGIC],
    'layout version': [layout.H_VERSION, layout.LAYOUT_VERSION],
    slabs: [layout.H_SLAB_COUNT, slabCount],
    maxProcessors: [layout.H_MAX_PROCESSORS, maxProcessors],
    maxClasses: [layout.H_MAX_CLASSES, maxClasses],
    maxPools: [layout.H_MAX_POOLS, MAX_POOLS],
    'ring slots': [layout.H_RING_SLOTS, ringSlots],
    'maxBytes / 64': [layout.H_MAX_UNITS, Math.floor(maxBytes / layout.UNIT_BYTES)],
    'pools at': [layout.H_POOLS, region(MAX_POOLS * layout.POOL_STRIDE)],
    'classes at': [layout.H_CLASSES, region(maxClasses * layout.CLASS_STRIDE)],
    'rows at': [layout.H_ROWS, region(maxProcessors * layout.ROW_STRIDE)],
    'domains at': [layout.H_DOMAINS, region(maxProcessors * layout.MOST_DOMAINS * layout.DOMAIN_STRIDE)],
    'deques at': [layout.H_DEQUES, region(cells * layout.DEQUE_STRIDE)],
    'counters at': [layout.H_COUNTERS, region(cells * layout.COUNTER_STRIDE)],
    'lengths at': [layout.H_LENGTHS, region(cells * layout.LENGTHS_STRIDE)],
    'steals at': [layout.H_STEALS, region(cells * maxProcessors * layout.STEAL_BYTES)],
    'slabs at': [layout.H_SLABS, region((slabCount + 1) * layout.SLAB_STRIDE)],
    'rings at': [layout.H_RINGS, region(cells * ringSlots * 4)],
    'lines at': [layout.H_LINES, region((slabCount + 1) * layout.BLOCKS_PER_SLAB * layout.LINE, PAGE_BYTES)],
    'traces at': [layout.H_TRACES, region(layout.TRACES * layout.TRACE_STRIDE)],
  };
  const controlBytes = Math.ceil(end / 65536) * 65536;
  if (controlBytes >= 2 ** 31) {
    throw rangeError(
      'ERR_SYNCPOOL_INVALID_OPTION',
      `maxProcessors ${maxProcessors} times maxClasses ${maxClasses} needs ${controlBytes} bytes of control memory, the limit is 2147483647; lower one of them`,
    );
  }
  header['control bytes'] = [layout.H_CONTROL_BYTES, controlBytes];
  return { controlBytes, slabCount, maxProcessors, maxClasses, dataBytes: slabCount * layout.SLAB_BYTES, header };
}

/** Where a block begins in data memory; `stride` is what blocks of its class are apart. A number: 4 GiB are more than an i32 holds. */
export function dataOffsetOf(block: number, stride: number): number {
  return (layout.slabOf(block) - 1) * layout.SLAB_BYTES + layout.numberOf(block) * stride;
}
