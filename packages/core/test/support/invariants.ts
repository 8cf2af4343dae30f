// What must be true of control memory while no thread is inside an operation. Each function
// returns what it found wrong, as sentences; nothing wrong is an empty list.

import type { RuntimeToken } from '@syncpool/core';
import { bindKernel, type Kernel } from '../../src/host/backend.ts';
import { headOf, sizeOf, tailOf } from '../../src/kernel/deque.ts';
import { ENTRY_READY } from '../../src/kernel/entry.ts';
import {
  bitOf,
  bitWordAt,
  blockAt,
  BLOCKS_PER_SLAB,
  C_NON_EMPTY,
  C_PER_SLAB,
  C_SUMMARY,
  C_UNITS,
  D_HEAD_TAIL,
  H_FRONTIER,
  H_MAX_POOLS,
  H_MAX_PROCESSORS,
  H_RING_SLOTS,
  H_RINGS,
  H_SLAB_COUNT,
  L_GENERATION,
  L_STATE,
  P_CLASS_COUNT,
  P_CUT,
  P_ENTRY,
  P_FIRST_CLASS,
  P_MAX_UNITS,
  P_RESERVED,
  R_CLAIMED_END,
  R_RELEASING,
  R_STAGED,
  R_WORD,
  S_BITMAP,
  S_WORD,
} from '../../src/kernel/layout.ts';
import {
  DETACHED,
  detached,
  FREE,
  inDeque,
  IN_DEQUE,
  incarnationOf,
  OWNED,
  rowOf,
  tagOf,
} from '../../src/kernel/line.ts';
import { packLive, ROW_FREE } from '../../src/kernel/row.ts';
import { freshOf, highOf, lowOf, SLAB_ACTIVE, SLAB_FREE, slabClassOf, slabTagOf } from '../../src/kernel/slab.ts';

export function kernelOf(token: RuntimeToken): Kernel {
  return bindKernel(token.control).kernel;
}

/** Address of a deque's first slot. */
export function ringOf(kernel: Kernel, row: number, id: number): number {
  return kernel.loadPlain(H_RINGS) + kernel.cell(row, id) * kernel.loadPlain(H_RING_SLOTS) * 4;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
}

function classesOf(kernel: Kernel): number[] {
  return poolsOf(kernel).flatMap((pool) => classesIn(kernel, pool));
}

function poolsOf(kernel: Kernel): number[] {
  const pools = range(0, kernel.loadPlain(H_MAX_POOLS)).map((i) => kernel.poolAt(i));
  return pools.filter((pool) => tagOf(kernel.loadShared(pool + P_ENTRY)) === ENTRY_READY);
}

function classesIn(kernel: Kernel, pool: number): number[] {
  const first = kernel.loadPlain(pool + P_FIRST_CLASS);
  return range(first, first + kernel.loadPlain(pool + P_CLASS_COUNT));
}

/** Slabs that were ever opened: those of classes, and heads of runs. */
function slabsOf(kernel: Kernel): number[] {
  const frontier = kernel.loadShared(H_FRONTIER);
  return [...range(1, lowOf(frontier)), ...range(highOf(frontier), kernel.loadPlain(H_SLAB_COUNT) + 1)];
}

function isHome(kernel: Kernel, slab: number, number: number): boolean {
  return (kernel.loadShared(bitWordAt(kernel.slabAt(slab) + S_BITMAP, number)) & bitOf(number)) !== 0;
}

function isHinted(kernel: Kernel, bitmap: number, index: number): boolean {
  return (kernel.loadShared(bitWordAt(bitmap, index)) & bitOf(index)) !== 0;
}

/** Blocks in a deque, oldest first. */
function blocksIn(kernel: Kernel, row: number, id: number): number[] {
  const word = kernel.loadShared(kernel.dequeAt(row, id) + D_HEAD_TAIL);
  const slots = kernel.loadPlain(H_RING_SLOTS);
  const ring = ringOf(kernel, row, id);
  return range(0, Math.min(sizeOf(word), slots)).map((i) => kernel.loadShared(ring + ((tailOf(word) + i) % slots) * 4));
}

/** size = head - tail <= slots; a slot holds a block if and only if it is between tail and head; a filled deque is hinted at. */
function dequeIsValid(kernel: Kernel, row: number, id: number): string[] {
  const where = `deque of row ${row}, class ${id}`;
  const word = kernel.loadShared(kernel.dequeAt(row, id) + D_HEAD_TAIL);
  const slots = kernel.loadPlain(H_RING_SLOTS);
  const size = sizeOf(word);
  const wrong: string[] = [];
  if (size > slots)
    wrong.push(`${where} has ${size} blocks in ${slots} slots (head ${headOf(word)}, tail ${tailOf(word)})`);
  const filled = range(0, slots).filter((slot) => kernel.loadShared(ringOf(kernel, row, id) + slot * 4) !== 0);
  for (const slot of filled) {
    // Slots are a power of two, so the mask turns the distance from the tail into a place in the range.
    if (((slot - tailOf(word)) & (slots - 1)) >= size)
      wrong.push(`${where} has a block in slot ${slot}, out of its range`);
  }
  if (filled.length < size) wrong.push(`${where} has ${size - filled.length} empty slots in its range`);
  if (size > 0 && !isHinted(kernel, kernel.classAt(id) + C_NON_EMPTY, row))
    wrong.push(`${where} is not empty, its hint says it is`);
  return wrong;
}

/** Bits only below fresh, fresh <= blocks of a slab; a FREE slab has no bits; home blocks are hinted at. */
function slabIsValid(kernel: Kernel, slab: number): string[] {
  const word = kernel.loadShared(kernel.slabAt(slab) + S_WORD);
  const tag = slabTagOf(word);
  if (word !== SLAB_FREE && tag !== SLAB_ACTIVE) return [`slab ${slab} is in release (word ${word})`];
  const fresh = freshOf(word);
  const cls = kernel.classAt(slabClassOf(word));
  const wrong: string[] = [];
  if (tag === SLAB_ACTIVE && fresh > kernel.loadPlain(cls + C_PER_SLAB))
    wrong.push(`slab ${slab} has ${fresh} blocks cut, more than fit`);
  const home = range(0, BLOCKS_PER_SLAB).filter((number) => isHome(kernel, slab, number));
  for (const number of home) if (number >= fresh) wrong.push(`slab ${slab} has block ${number} home, cut are ${fresh}`);
  if (home.length > 0 && tag === SLAB_ACTIVE && !isHinted(kernel, cls + C_SUMMARY, slab)) {
    wrong.push(`slab ${slab} has ${home.length} blocks home, its hint says none`);
  }
  return wrong;
}

/** cut == reserved == the units of all blocks cut from ACTIVE slabs and runs <= the pool's limit. */
function accountingIsValid(kernel: Kernel, pool: number): string[] {
  const ids = classesIn(kernel, pool);
  let units = 0;
  for (const slab of slabsOf(kernel)) {
    const word = kernel.loadShared(kernel.slabAt(slab) + S_WORD);
    const id = slabClassOf(word);
    if (slabTagOf(word) === SLAB_ACTIVE && ids.includes(id))
      units += freshOf(word) * kernel.loadPlain(kernel.classAt(id) + C_UNITS);
  }
  const cut = kernel.loadShared(pool + P_CUT);
  const reserved = kernel.loadShared(pool + P_RESERVED);
  const limit = kernel.loadPlain(pool + P_MAX_UNITS);
  const wrong: string[] = [];
  if (cut !== units) wrong.push(`pool at ${pool} says ${cut} units are cut, its slabs hold ${units}`);
  if (reserved !== cut) wrong.push(`pool at ${pool} has ${reserved} units reserved and ${cut} cut`);
  if (reserved > limit) wrong.push(`pool at ${pool} has ${reserved} units reserved, its limit is ${limit}`);
  return wrong;
}

/** Where the blocks of a class are. */
export interface Census {
  home: number;
  deque: number;
  owned: number;
  detached: number;
}

/** Every block that is cut is in exactly one place, and its state says which; no other block has a state. */
function placesAreUnique(kernel: Kernel): { wrong: string[]; census: Map<number, Census> } {
  const wrong: string[] = [];
  const queued = new Map<number, { row: number; id: number }>();
  const census = new Map<number, Census>();
  for (const id of classesOf(kernel)) {
    census.set(id, { home: 0, deque: 0, owned: 0, detached: 0 });
    for (const row of range(0, kernel.loadPlain(H_MAX_PROCESSORS))) {
      for (const block of blocksIn(kernel, row, id)) {
        if (queued.has(block)) wrong.push(`block ${block} is in two deque slots`);
        queued.set(block, { row, id });
      }
    }
  }
  for (const slab of slabsOf(kernel)) {
    const word = kernel.loadShared(kernel.slabAt(slab) + S_WORD);
    const fresh = slabTagOf(word) === SLAB_ACTIVE ? freshOf(word) : 0;
    const counts = census.get(slabClassOf(word));
    for (const number of range(0, BLOCKS_PER_SLAB)) {
      const block = blockAt(slab, number);
      const state = kernel.loadShared(kernel.lineAt(block) + L_STATE);
      const at = queued.get(block);
      queued.delete(block);
      if (number >= fresh) {
        if (state !== FREE || at !== undefined) wrong.push(`block ${block} is not cut, and has state ${state}`);
      } else if (counts !== undefined) {
        const problem = placeOf(
          kernel,
          { block, state, id: slabClassOf(word), home: isHome(kernel, slab, number), at },
          counts,
        );
        if (problem !== undefined) wrong.push(problem);
      }
    }
  }
  for (const block of queued.keys()) wrong.push(`block ${block} is in a deque, and in no slab`);
  return { wrong, census };
}

interface Sighting {
  readonly block: number;
  readonly state: number;
  readonly id: number;
  readonly home: boolean;
  readonly at: { row: number; id: number } | undefined;
}

/** Counts one cut block where its state says it is; a sentence if another place has it too, or none. */
function placeOf(kernel: Kernel, seen: Sighting, counts: Census): string | undefined {
  const { block, state, id, home, at } = seen;
  const found = `block ${block} of class ${id} has state ${state}, ${home ? 'its bit set' : 'its bit clear'}, ${at ? `a slot in row ${at.row}, class ${at.id}` : 'no slot'}`;
  const tag = tagOf(state);
  if (home !== (tag === FREE) || (at !== undefined) !== (tag === IN_DEQUE)) return found;
  if (tag === FREE) counts.home += 1;
  if (tag === IN_DEQUE) {
    counts.deque += 1;
    if (at?.id !== id || state !== inDeque(at.row)) return found;
  }
  if (tag === OWNED) {
    counts.owned += 1;
    if (kernel.loadShared(kernel.rowAt(rowOf(state)) + R_WORD) !== packLive(incarnationOf(state)))
      return `${found}: not a live row`;
  }
  if (tag === DETACHED) {
    counts.detached += 1;
    if (state !== detached(kernel.loadShared(kernel.lineAt(block) + L_GENERATION)))
      return `${found}: not its generation`;
  }
  return undefined;
}

/** Nobody has blocks between two places, or a slab in release. The notes of a row without a thread mean nothing. */
function rowIsIdle(kernel: Kernel, row: number): string[] {
  const at = kernel.rowAt(row);
  const wrong: string[] = [];
  if (tagOf(kernel.loadShared(at + R_WORD)) === ROW_FREE) return wrong;
  const staged = kernel.loadShared(at + R_STAGED);
  const releasing = kernel.loadShared(at + R_RELEASING);
  if (staged !== 0) wrong.push(`row ${row} has ${staged} blocks staged`);
  const claimedEnd = kernel.loadShared(at + R_CLAIMED_END);
  if (releasing !== 0) wrong.push(`row ${row} has slab ${releasing} in release`);
  if (claimedEnd !== 0) wrong.push(`row ${row} has slabs below ${claimedEnd} in release`);
  return wrong;
}

/** Everything above, over a whole runtime at rest. */
export function violations(token: RuntimeToken): string[] {
  const kernel = kernelOf(token);
  const rows = range(0, kernel.loadPlain(H_MAX_PROCESSORS));
  return [
    ...rows.flatMap((row) => [
      ...rowIsIdle(kernel, row),
      ...classesOf(kernel).flatMap((id) => dequeIsValid(kernel, row, id)),
    ]),
    ...slabsOf(kernel).flatMap((slab) => slabIsValid(kernel, slab)),
    ...poolsOf(kernel).flatMap((pool) => accountingIsValid(kernel, pool)),
    ...placesAreUnique(kernel).wrong,
  ];
}

/** The blocks of each class of the runtime, by place. */
export function censusOf(token: RuntimeToken): Census[] {
  return [...placesAreUnique(kernelOf(token)).census.values()];
}
