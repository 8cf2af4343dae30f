// What a pool's counters say, read by any thread while the others go on: each number is right for a
// moment just past, the numbers together are not one instant.

import type { CalibrationStats } from './calibration.ts';
import * as counter from './counters.ts';
import type { Kernel } from './host/backend.ts';
import { sizeOf } from './kernel/deque.ts';
import { D_HEAD_TAIL, P_CUT, P_MAX_UNITS, P_RESERVED, R_THREAD, R_WORD, UNIT_BYTES } from './kernel/layout.ts';
import { tagOf } from './kernel/line.ts';
import { ROW_LIVE } from './kernel/row.ts';
import { footprint } from './options.ts';
import type { Processor } from './processor.ts';

/** Gets by the tier that served them. */
export interface Hits {
  readonly magazine: number;
  /** The thread's own deque. */
  readonly deque: number;
  readonly steal: number;
  readonly slab: number;
  /** A block that did not exist before: Go's New. */
  readonly fresh: number;
}

/** Numbers since the runtime was made (gets to stolen) and of this moment (leased, stashed, retained, highWater). */
export interface Counts {
  readonly gets: number;
  readonly puts: number;
  readonly adopts: number;
  readonly detaches: number;
  readonly discards: number;
  readonly hits: Hits;
  /** Blocks cut from memory. */
  readonly freshBlocks: number;
  /** Blocks taken from siblings. */
  readonly stolenBlocks: number;
  /** Gets that found no block. */
  readonly exhausted: number;
  /** Gets served from the heap instead. */
  readonly heap: number;
  /** Blocks that threads had leased when they died, or dropped without put and had taken back: they are in the pool again. */
  readonly lost: number;
  /** Leased buffers that were garbage collected without a put, as far as threads have noticed. */
  readonly dropped: number;
  /** Blocks that went home because nobody had needed them for an epoch. */
  readonly drained: number;
  /** Bytes of memory given back to the operating system. */
  readonly returnedBytes: number;
  /** Buffers that were written to after their put, as far as `debug` has noticed. */
  readonly writesAfterPut: number;
  /** Blocks in users' hands now; not those from the heap. */
  readonly leased: number;
  /** Blocks in magazines now. */
  readonly stashed: number;
  /** Blocks in deques now. */
  readonly retained: number;
  /** Most blocks leased at one time by one thread, to within a batch of 8; for several threads, their sum. */
  readonly highWater: number;
}

/** Derived: Go's news / gets, and what was taken and not given back, per get. */
export interface Rates {
  readonly missRate: number;
  readonly imbalance: number;
}

export interface ProcessorStats extends Counts, Rates {
  /** The processor's row. */
  readonly processor: number;
  /** Thread id of the thread attached to it, or -1 if there is none now. */
  readonly thread: number;
  /** Blocks stolen from other processors, by their rows. */
  readonly stolenFrom: Readonly<Record<number, number>>;
}

export interface ClassStats extends Counts, Rates {
  /** Bytes of a block. */
  readonly size: number;
  /** Detached blocks that nobody has adopted. */
  readonly detached: number;
  /** Processors that have ever used the class. */
  readonly processors: readonly ProcessorStats[];
}

export interface PoolStats {
  readonly name: string;
  readonly maxBytes: number;
  /** Bytes cut into blocks: leased, pooled and detached together. */
  readonly cutBytes: number;
  /** Bytes reserved against maxBytes; above cutBytes for the moment of a cut. */
  readonly reservedBytes: number;
  /** Blocks at home in their slabs, in bytes. */
  readonly homeBytes: number;
  readonly totals: Counts & Rates;
  readonly classes: readonly ClassStats[];
  /** What an adaptive pool has calibrated; undefined for others. */
  readonly calibration: CalibrationStats | undefined;
}

export interface RuntimeStats {
  readonly name: string;
  readonly kernel: 'wasm' | 'atomics';
  readonly maxBytes: number;
  readonly processors: { readonly live: number; readonly max: number };
  readonly pools: readonly PoolStats[];
}

/** Where to look. */
export interface StatsSource {
  readonly processor: Processor;
  readonly name: string;
  readonly at: number;
  readonly firstClass: number;
  readonly sizes: readonly number[];
}

function ratesOf(counts: Counts): Rates {
  const gets = counts.gets + counts.adopts;
  const fresh = counts.hits.fresh + counts.heap;
  return {
    missRate: counts.gets === 0 ? 0 : fresh / counts.gets,
    imbalance: gets === 0 ? 0 : (gets - counts.puts - counts.detaches - counts.lost) / gets,
  };
}

function retainedBy(kernel: Kernel, row: number, id: number): number {
  return sizeOf(kernel.loadShared(kernel.dequeAt(row, id) + D_HEAD_TAIL));
}

/** One processor's counts in one class. */
function countsOf(processor: Processor, row: number, id: number): Counts {
  const { kernel, counters } = processor;
  const base = counter.countersAt(kernel, row, id) / 8;
  const at = (field: number) => counters[base + field] as number;
  const gets = at(counter.GETS);
  const deque = at(counter.DEQUE_HITS);
  const steal = at(counter.STEAL_HITS);
  const slab = at(counter.SLAB_HITS);
  const fresh = at(counter.FRESH_HITS);
  const puts = at(counter.PUTS);
  const adopts = at(counter.ADOPTS);
  const detaches = at(counter.DETACHES);
  const taken =
    at(counter.DEQUE_BLOCKS) + at(counter.STEAL_BLOCKS) + at(counter.SLAB_BLOCKS) + at(counter.FRESH_BLOCKS);
  const heap = at(counter.HEAP_GETS);
  const leased = gets + adopts - puts - detaches - at(counter.LOST);
  return {
    gets: gets + heap,
    puts: puts + at(counter.HEAP_PUTS),
    adopts,
    detaches,
    discards: at(counter.DISCARDS),
    hits: { magazine: gets - deque - steal - slab - fresh, deque, steal, slab, fresh },
    freshBlocks: at(counter.FRESH_BLOCKS),
    stolenBlocks: at(counter.STEAL_BLOCKS),
    exhausted: at(counter.EXHAUSTED),
    heap,
    lost: at(counter.LOST),
    dropped: at(counter.DROPPED),
    drained: at(counter.DRAINED),
    returnedBytes: at(counter.RETURNED_BYTES),
    writesAfterPut: at(counter.WRITES_AFTER_PUT),
    leased,
    stashed: taken + adopts - detaches - at(counter.RELEASED_BLOCKS) - leased,
    retained: retainedBy(kernel, row, id),
    highWater: at(counter.HIGH_WATER),
  };
}

function addHits(a: Hits, b: Hits): Hits {
  return {
    magazine: a.magazine + b.magazine,
    deque: a.deque + b.deque,
    steal: a.steal + b.steal,
    slab: a.slab + b.slab,
    fresh: a.fresh + b.fresh,
  };
}

function add(a: Counts, b: Counts): Counts {
  return {
    gets: a.gets + b.gets,
    puts: a.puts + b.puts,
    adopts: a.adopts + b.adopts,
    detaches: a.detaches + b.detaches,
    discards: a.discards + b.discards,
    hits: addHits(a.hits, b.hits),
    freshBlocks: a.freshBlocks + b.freshBlocks,
    stolenBlocks: a.stolenBlocks + b.stolenBlocks,
    exhausted: a.exhausted + b.exhausted,
    heap: a.heap + b.heap,
    lost: a.lost + b.lost,
    dropped: a.dropped + b.dropped,
    drained: a.drained + b.drained,
    returnedBytes: a.returnedBytes + b.returnedBytes,
    writesAfterPut: a.writesAfterPut + b.writesAfterPut,
    leased: a.leased + b.leased,
    stashed: a.stashed + b.stashed,
    retained: a.retained + b.retained,
    highWater: a.highWater + b.highWater,
  };
}

const NOTHING: Counts = {
  gets: 0,
  puts: 0,
  adopts: 0,
  detaches: 0,
  discards: 0,
  hits: { magazine: 0, deque: 0, steal: 0, slab: 0, fresh: 0 },
  freshBlocks: 0,
  stolenBlocks: 0,
  exhausted: 0,
  heap: 0,
  lost: 0,
  dropped: 0,
  drained: 0,
  returnedBytes: 0,
  writesAfterPut: 0,
  leased: 0,
  stashed: 0,
  retained: 0,
  highWater: 0,
};

function stolenFromBy(processor: Processor, row: number, id: number): Record<number, number> {
  const { kernel, counters, maxProcessors } = processor;
  const base = counter.stealsAt(kernel, row, id) / 8;
  const stolen: Record<number, number> = {};
  for (let victim = 0; victim < maxProcessors; victim++) {
    const blocks = counters[base + victim] as number;
    if (blocks > 0) stolen[victim] = blocks;
  }
  return stolen;
}

/** Thread id of a row's thread, -1 for a free row and for one whose thread is dead. */
function threadOf(kernel: Kernel, row: number): number {
  const at = kernel.rowAt(row);
  return tagOf(kernel.loadShared(at + R_WORD)) === ROW_LIVE ? kernel.loadShared(at + R_THREAD) : -1;
}

function classStats(source: StatsSource, id: number, size: number): ClassStats {
  const { processor } = source;
  const processors: ProcessorStats[] = [];
  for (let row = 0; row < processor.maxProcessors; row++) {
    const counts = countsOf(processor, row, id);
    if (counts.gets + counts.adopts + counts.discards + counts.stashed + counts.exhausted + counts.retained > 0) {
      const thread = threadOf(processor.kernel, row);
      processors.push({
        processor: row,
        thread,
        ...counts,
        ...ratesOf(counts),
        stolenFrom: stolenFromBy(processor, row, id),
      });
    }
  }
  const totals = processors.reduce<Counts>(add, NOTHING);
  const detached = totals.detaches - totals.adopts - totals.discards;
  return { size, ...totals, ...ratesOf(totals), detached, processors };
}

/** What all processors together have counted in a class. */
export function classTotals(processor: Processor, id: number): Counts {
  let totals = NOTHING;
  for (let row = 0; row < processor.maxProcessors; row++) totals = add(totals, countsOf(processor, row, id));
  return totals;
}

export function poolStats(source: StatsSource): PoolStats {
  const { kernel } = source.processor;
  const classes = source.sizes.map((size, i) => classStats(source, source.firstClass + i, size));
  const totals = classes.reduce<Counts>(add, NOTHING);
  const cutBytes = kernel.loadShared(source.at + P_CUT) * UNIT_BYTES;
  const awayBytes = classes.reduce(
    (sum, one) => sum + (one.leased + one.stashed + one.retained + one.detached) * footprint(one.size),
    0,
  );
  return {
    name: source.name,
    maxBytes: kernel.loadShared(source.at + P_MAX_UNITS) * UNIT_BYTES,
    cutBytes,
    reservedBytes: kernel.loadShared(source.at + P_RESERVED) * UNIT_BYTES,
    homeBytes: Math.max(0, cutBytes - awayBytes),
    totals: { ...totals, ...ratesOf(totals) },
    classes,
    calibration: undefined,
  };
}

/** Rows in use now. */
export function liveProcessors(processor: Processor): number {
  let live = 0;
  for (let row = 0; row < processor.maxProcessors; row++) if (threadOf(processor.kernel, row) !== -1) live += 1;
  return live;
}
