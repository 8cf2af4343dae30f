// The two memories of a variant: blocks, and control words.
//
//   header   magic, kind, blocks, stride, rows          a line; never changes
//   claimed  rows that threads have claimed             a line of its own
//   rows     a line for each thread: its counters       written by that thread, read by all
//   lists    a line for each list                       locked-list.ts, tagged-list.ts
//   next     a word for each block: the one below it in its list
//
// Created, every block is in a list, dealt in turn. No word that two threads write lies on a line with another's.

import { footprint } from '../options.ts';
import { rowsTaken } from './refusals.ts';
import { casShared, loadPlain, loadShared, storePlain, type Words } from './words.ts';

const LINE = 16;
const MAGIC = 0x53505641; // "SPVA"
const CLAIMED = LINE;
const ROWS = 2 * LINE;
const KINDS = ['bounded', 'sharded', 'freelist'] as const;

export type Kind = (typeof KINDS)[number];

/** What a pool is made with. */
export interface Plan {
  readonly kind: Kind;
  readonly name: string;
  readonly blockSize: number;
  readonly blocks: number;
  readonly maxThreads: number;
  readonly lists: number;
  readonly lockTimeoutMs: number;
}

/** Where things are, in words. */
export interface Places {
  /** Word of the first list; the next is `LINE` further. */
  readonly lists: number;
  /** Block b's word is at `next` + b. */
  readonly next: number;
  readonly words: number;
}

/** Words from one list to the next. */
export const LIST_STRIDE = LINE;
/** A list's word that is not its lock. */
export const LIST_HEAD = 1;

export function placesOf({ blocks, maxThreads, lists }: Plan): Places {
  const listsAt = ROWS + maxThreads * LINE;
  const next = listsAt + lists * LINE;
  return { lists: listsAt, next, words: next + blocks + 1 };
}

function headerOf({ kind, blocks, blockSize, maxThreads }: Plan): readonly number[] {
  return [MAGIC, KINDS.indexOf(kind), blocks, footprint(blockSize), maxThreads];
}

/** Makes control memory in which every block is in a list. */
export function createWords(plan: Plan): Words {
  const { lists, next, words: length } = placesOf(plan);
  const words = new Int32Array(new SharedArrayBuffer(4 * length));
  words.set(headerOf(plan));
  for (let block = plan.blocks; block >= 1; block--) {
    const head = lists + (block % plan.lists) * LIST_STRIDE + LIST_HEAD;
    storePlain(words, next + block, loadPlain(words, head));
    storePlain(words, head, block);
  }
  return words;
}

/** Makes the memory of the blocks. Growable though it never grows: such memory is page aligned. */
export function createData({ blocks, blockSize }: Plan): SharedArrayBuffer {
  const bytes = blocks * footprint(blockSize);
  return new SharedArrayBuffer(bytes, { maxByteLength: bytes });
}

/** Whether control memory says what the plan does. */
export function fitsPlan(plan: Plan, control: SharedArrayBuffer, data: SharedArrayBuffer): boolean {
  if (control.byteLength !== 4 * placesOf(plan).words) return false;
  if (data.byteLength !== plan.blocks * footprint(plan.blockSize)) return false;
  const words = new Int32Array(control);
  return headerOf(plan).every((value, at) => loadPlain(words, at) === value);
}

/** A row's counters, as its thread and all others see them. */
export function tallyOf(words: Words, row: number): Float64Array {
  return new Float64Array(words.buffer, 4 * (ROWS + row * LINE), (LINE * 4) / 8);
}

/**
 * Claims a row for this thread. Rows are never given back: nobody is told when a thread ends.
 *
 * @throws ERR_SYNCPOOL_TOO_MANY_PROCESSORS
 */
export function claimRow(words: Words, { name, maxThreads }: Plan): number {
  let row = loadShared(words, CLAIMED);
  for (;;) {
    if (row >= maxThreads) throw rowsTaken(name, maxThreads);
    const seen = casShared(words, CLAIMED, row, row + 1);
    if (seen === row) return row;
    row = seen;
  }
}

export function claimedRows(words: Words): number {
  return loadShared(words, CLAIMED);
}
