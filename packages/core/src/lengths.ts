// The lengths that an adaptive pool's buffers were used for: a histogram for each row, float64 fields in control memory,
// written by the row's thread alone and read by anybody, racily, like the counters (counters.ts). It is no more than
// statistics: whoever reads half of a change chooses by slightly wrong weights, and the next calibration by right ones.
//
// A length counts in the class of the smallest size that fits it, whichever buffer it was in, and there in one of 12
// equal parts between the next smaller size and this one.
//
// Old lengths fade: each calibration halves what was counted before it. Nobody halves another thread's counts. Each
// class says as of which calibration its counts are; its thread halves them when it counts there next, and who reads them halves what
// it reads. So the counts of threads that sleep or are dead fade too, and whoever attaches to a row goes on with them.

import type { CatalogEntry } from './catalog.ts';
import { calibrationsBetween } from './kernel/calibration.ts';
import { H_LENGTHS, LENGTHS_STRIDE, R_WORD } from './kernel/layout.ts';
import { incarnationOf } from './kernel/line.ts';
import type { Processor } from './processor.ts';

/** The calibration as of which the counts of the class are. */
const CALIBRATION = 0;
/** Lengths that had ever been counted by then, and what weight the parts had. */
const COUNT = 1;
const WEIGHT = 2;
/** The weight of each part now. Counting is one addition to one of these. */
const PARTS_AT = 4;
export const PARTS = 12;
const FIELDS = LENGTHS_STRIDE / 8;
/** Weights are multiples of one over this, so that sums are exact, and what is old is 0 in the end. */
const GRAINS = 1024;

/** Index of a row's first field for a pool: its classes follow one another. */
function fieldsAt({ kernel }: Processor, row: number, entry: CatalogEntry): number {
  return (kernel.loadPlain(H_LENGTHS) + kernel.cell(row, entry.firstClass) * LENGTHS_STRIDE) / 8;
}

/**
 * What so many calibrations leave of a weight. Whoever reads the counts of a thread that has seen a later
 * calibration asks for fewer than none.
 */
function faded(weight: number, calibrations: number): number {
  return calibrations <= 0 ? weight : Math.floor(weight * 2 ** -calibrations * GRAINS) / GRAINS;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

/** A class as a length finds it. */
interface Bin {
  readonly size: number;
  /** The next smaller size, 0 if there is none; and the parts per byte above it. */
  readonly floor: number;
  readonly partsPerByte: number;
  /** Index of the first of its fields. */
  readonly at: number;
}

function binsOf(sizes: readonly number[]): Bin[] {
  return sizes.map((size, i) => {
    const floor = sizes[i - 1] ?? 0;
    return { size, floor, partsPerByte: PARTS / (size - floor), at: i * FIELDS };
  });
}

/** What one thread counts, for one pool. */
export class LengthCounts {
  readonly #fields: Float64Array;
  readonly #bins: readonly Bin[];
  /** By the number of bits of a length, the first class that can fit it. */
  readonly #first: readonly number[];

  constructor(processor: Processor, entry: CatalogEntry) {
    const { sizes } = entry;
    const at = fieldsAt(processor, processor.index, entry);
    this.#fields = processor.counters.subarray(at, at + sizes.length * FIELDS);
    this.#bins = binsOf(sizes);
    this.#first = Array.from({ length: 32 }, (_, bits) => sizes.findIndex((size) => size >= 2 ** (bits - 1)));
  }

  /** Counts a length of at most the largest size, after so many calibrations. 4 to 6 ns. */
  add(length: number, calibration: number): void {
    let index = this.#first[32 - Math.clz32(length)] as number;
    let bin = this.#bins[index] as Bin;
    while (bin.size < length) bin = this.#bins[++index] as Bin;
    const { at } = bin;
    if (this.#fields[at + CALIBRATION] !== calibration) this.#fade(at, calibration);
    const part = ((length - bin.floor - 1) * bin.partsPerByte) | 0;
    (this.#fields[at + PARTS_AT + part] as number) += 1;
  }

  /** Halves a class's counts once for each calibration since the last time. */
  #fade(at: number, calibration: number): void {
    const fields = this.#fields;
    const calibrations = calibrationsBetween(fields[at + CALIBRATION] as number, calibration);
    const parts = [...fields.subarray(at + PARTS_AT, at + PARTS_AT + PARTS)];
    const left = parts.map((weight) => faded(weight, calibrations));
    (fields[at + COUNT] as number) += countedSince(fields, at);
    fields[at + WEIGHT] = sum(left);
    fields.set(left, at + PARTS_AT);
    fields[at + CALIBRATION] = calibration;
  }
}

/** What all threads have counted in one class. */
export interface ClassLengths {
  /** Lengths ever counted. */
  readonly count: number;
  /** Lengths counted since the last calibration. */
  readonly fresh: number;
  /** Lengths by part, and in all. Each weighs 1, and half as much after each calibration. */
  readonly parts: readonly number[];
  readonly weight: number;
}

/** Lengths that the class whose fields begin at `at` has counted since the calibration as of which they are. */
function countedSince(fields: Float64Array, at: number): number {
  let weight = 0;
  for (let field = at + PARTS_AT; field < at + FIELDS; field++) weight += fields[field] as number;
  return weight - (fields[at + WEIGHT] as number);
}

/** What one row has counted in the class whose fields begin at `at`, as of a calibration. */
function readRow(fields: Float64Array, at: number, calibration: number): ClassLengths {
  const calibrations = calibrationsBetween(fields[at + CALIBRATION] as number, calibration);
  const counted = [...fields.subarray(at + PARTS_AT, at + PARTS_AT + PARTS)];
  const parts = counted.map((weight) => faded(weight, calibrations));
  return {
    count: (fields[at + COUNT] as number) + countedSince(fields, at),
    fresh: calibrations === 0 ? countedSince(fields, at) : 0,
    parts,
    weight: sum(parts),
  };
}

/** Index of the first field of a pool in each row that ever had a thread. */
function rowsOf(processor: Processor, entry: CatalogEntry): number[] {
  const { kernel, maxProcessors } = processor;
  const used: number[] = [];
  for (let row = 0; row < maxProcessors; row++) {
    if (incarnationOf(kernel.loadShared(kernel.rowAt(row) + R_WORD)) > 0) used.push(fieldsAt(processor, row, entry));
  }
  return used;
}

/** Lengths that all threads have counted since a calibration. Cheaper than `readLengths`, for those who only ask whether there are enough. */
export function freshLengths(processor: Processor, entry: CatalogEntry, calibration: number): number {
  const { counters } = processor;
  let fresh = 0;
  for (const base of rowsOf(processor, entry)) {
    for (let at = base; at < base + entry.sizes.length * FIELDS; at += FIELDS)
      if (counters[at + CALIBRATION] === calibration) fresh += countedSince(counters, at);
  }
  return fresh;
}

/** By class, what all threads have counted, as of a calibration: some microseconds a thread. */
export function readLengths(processor: Processor, entry: CatalogEntry, calibration: number): ClassLengths[] {
  const rows = rowsOf(processor, entry);
  return entry.sizes.map((_, index) => {
    const all = rows.map((base) => readRow(processor.counters, base + index * FIELDS, calibration));
    const parts = Array.from({ length: PARTS }, (_part, i) => sum(all.map((one) => one.parts[i] as number)));
    return {
      count: sum(all.map(({ count }) => count)),
      fresh: sum(all.map(({ fresh }) => fresh)),
      parts,
      weight: sum(parts),
    };
  });
}
