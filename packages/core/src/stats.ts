// What a pool's counters say, read by any thread while the others go on: each number is right for a
// moment just past, the numbers together are not one instant.

import type { CalibrationStats } from './calibration.ts';
import * as counter from './counters.ts';
import { addCounts, type Counts, countsOf, NOTHING, type Rates, ratesOf } from './counts.ts';
import type { Kernel } from './host/backend.ts';
import { P_CUT, P_MAX_UNITS, P_RESERVED, R_THREAD, R_WORD, UNIT_BYTES } from './kernel/layout.ts';
import { tagOf } from './kernel/line.ts';
import { ROW_LIVE } from './kernel/row.ts';
import { type Place, placeOf } from './neighbours.ts';
import { footprint } from './options.ts';
import type { Processor } from './processor.ts';

export interface ProcessorStats extends Counts, Rates {
  /** The processor's row. */
  readonly processor: number;
  /** Thread id of the thread attached to it, or -1 if there is none now. */
  readonly thread: number;
  /** Where that thread runs, or the last one ran; undefined if nobody has pinned it. */
  readonly place: Place | undefined;
  /** Blocks stolen from other processors, by their rows. */
  readonly stolenFrom: Readonly<Record<number, number>>;
}

export interface ClassStats extends Counts, Rates {
  /** Bytes of a block. */
  readonly size: number;
  /** Detached blocks that nobody has adopted. */
  readonly detached: number;
  /** Processors that have ever used the class, or drained it. */
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

/** Whether a processor has ever had to do with the class. Its pool's keeper may have done nothing but drain it. */
function isKnown({ gets, adopts, discards, stashed, exhausted, retained, drained, returnedBytes }: Counts): boolean {
  return gets + adopts + discards + stashed + exhausted + retained + drained + returnedBytes > 0;
}

function classStats(source: StatsSource, id: number, size: number): ClassStats {
  const { processor } = source;
  const processors: ProcessorStats[] = [];
  for (let row = 0; row < processor.maxProcessors; row++) {
    const counts = countsOf(processor, row, id);
    if (isKnown(counts)) {
      const thread = threadOf(processor.kernel, row);
      processors.push({
        processor: row,
        thread,
        place: placeOf(processor.kernel, row),
        ...counts,
        ...ratesOf(counts),
        stolenFrom: stolenFromBy(processor, row, id),
      });
    }
  }
  const totals = processors.reduce<Counts>(addCounts, NOTHING);
  const detached = totals.detaches - totals.adopts - totals.discards;
  return { size, ...totals, ...ratesOf(totals), detached, processors };
}

/** What all processors together have counted in a class. */
export function classTotals(processor: Processor, id: number): Counts {
  let totals = NOTHING;
  for (let row = 0; row < processor.maxProcessors; row++) totals = addCounts(totals, countsOf(processor, row, id));
  return totals;
}

export function poolStats(source: StatsSource): PoolStats {
  const { kernel } = source.processor;
  const classes = source.sizes.map((size, i) => classStats(source, source.firstClass + i, size));
  const totals = classes.reduce<Counts>(addCounts, NOTHING);
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
