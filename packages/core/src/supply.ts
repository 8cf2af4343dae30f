// Between a magazine and the kernel: how blocks come in when it is empty, and go when it is full.

import { blockOf, endLease, type PooledView } from './buffer.ts';
import * as counter from './counters.ts';
import { C_WAIT, R_SOURCE, R_TICKET, R_VICTIM } from './kernel/layout.ts';
import { SOURCE_DEQUE, SOURCE_STEAL } from './kernel/deque.ts';
import { SOURCE_FRESH, SOURCE_SLAB } from './kernel/slab.ts';
import type { Magazine } from './magazine.ts';
import { isPressed, press } from './pressure.ts';
import { recoverEnded } from './recovery.ts';

/** How long a conclusion is believed while nobody publishes; also the longest sleep of a waiter. */
export const RESCAN_MS = 100;

/** By the kernel's source of a batch: the counter of gets that went there, and of blocks that came. */
const TIERS: { readonly hits: number; readonly blocks: number }[] = [];
TIERS[SOURCE_DEQUE] = { hits: counter.DEQUE_HITS, blocks: counter.DEQUE_BLOCKS };
TIERS[SOURCE_STEAL] = { hits: counter.STEAL_HITS, blocks: counter.STEAL_BLOCKS };
TIERS[SOURCE_SLAB] = { hits: counter.SLAB_HITS, blocks: counter.SLAB_BLOCKS };
TIERS[SOURCE_FRESH] = { hits: counter.FRESH_HITS, blocks: counter.FRESH_BLOCKS };

function leasedBy(magazine: Magazine): number {
  const at = (field: number) => magazine.tally[field] as number;
  return at(counter.GETS) + at(counter.ADOPTS) - at(counter.PUTS) - at(counter.DETACHES) - at(counter.LOST);
}

/** Books a batch that has just been loaded. */
function book(magazine: Magazine, hits: number, count: number): void {
  const { processor, tally } = magazine;
  const { kernel } = processor;
  magazine.count(hits);
  tally[counter.HIGH_WATER] = Math.max(tally[counter.HIGH_WATER] as number, leasedBy(magazine) + 1);
  if (hits === counter.STEAL_HITS) {
    const victim = kernel.loadPlain(processor.row + R_VICTIM);
    const at = counter.stealsAt(kernel, processor.index, magazine.id) / 8 + victim;
    (processor.counters[at] as number) += count;
    const byDistance = processor.neighbours.counterOf(victim);
    if (byDistance !== undefined) magazine.count(byDistance, count);
  }
}

/** Sends home what this thread's magazines of the pool's other classes hold: their slabs may be wanted. */
function emptySiblings(magazine: Magazine): void {
  for (const sibling of magazine.siblings) if (sibling !== magazine) drainMagazine(sibling);
}

/**
 * Whether the last conclusion "exhausted" of this thread still stands: nobody has published a block
 * of the class since. For a moment only, because it does not see that a thread has died; and not in
 * a pool of several sizes, where it would not see that blocks of another size have come home.
 */
function isStillExhausted(magazine: Magazine): boolean {
  const { kernel, row } = magazine.processor;
  if (magazine.siblings.length > 1 || magazine.ticket === 0 || Date.now() >= magazine.rescanAt) return false;
  if (kernel.loadShared(magazine.cls + C_WAIT) !== magazine.ticket) return false;
  kernel.storePlain(row + R_TICKET, magazine.ticket);
  return true;
}

/** Notes that there was no block, and makes others publish theirs. */
function conclude(magazine: Magazine): void {
  const { kernel, row } = magazine.processor;
  magazine.ticket = kernel.loadPlain(row + R_TICKET);
  magazine.rescanAt = Date.now() + RESCAN_MS;
  press(magazine);
}

/**
 * Fills an empty magazine with a batch. False if there is no block to be had: then nothing has
 * changed, the pool is under pressure, and R_TICKET is what a waiter may sleep on.
 *
 * @param mayBelieve whether the last conclusion may stand in for a search: for those who will look again anyway
 */
export function refill(magazine: Magazine, mayBelieve = false): boolean {
  const { processor } = magazine;
  const { kernel, row } = processor;
  if (mayBelieve && isStillExhausted(magazine)) return false;
  processor.neighbours.follow();
  const pressed = isPressed(magazine);
  const want = pressed ? 1 : magazine.batch;
  const wantFresh = pressed ? 1 : magazine.freshBatch;
  let count = kernel.acquireBatch(row, magazine.cls, want, wantFresh);
  if (count <= 0) {
    emptySiblings(magazine);
    count = kernel.acquireOrConclude(row, magazine.cls, want, wantFresh);
    // Threads may have died whose creators cannot say so: they were killed along with them.
    if (count <= 0 && recoverEnded(processor).processors > 0) {
      count = kernel.acquireOrConclude(row, magazine.cls, want, wantFresh);
    }
  }
  if (count <= 0) {
    conclude(magazine);
    return false;
  }
  const tier = TIERS[kernel.loadPlain(row + R_SOURCE)];
  if (tier === undefined) throw new Error('the kernel staged blocks without a source');
  magazine.load(tier.blocks);
  book(magazine, tier.hits, count);
  return true;
}

/** Takes back a leased block past the magazine, to where others reach it at once. */
function publish(magazine: Magazine, view: PooledView): void {
  const { processor } = magazine;
  const { words, stagedAt } = processor;
  const { tally } = magazine;
  magazine.keep(view);
  words[processor.stageAt] = blockOf(view);
  words[processor.stagedClassAt] = magazine.cls;
  // From here to the count nothing can be cut: the lease ends and the block is staged.
  endLease(view);
  words[stagedAt] = 1;
  (tally[counter.PUTS] as number) += 1;
  (tally[counter.RELEASED_BLOCKS] as number) += 1;
  stow(magazine);
}

/** Sends the staged blocks to this thread's deque; home, if enough is retained or the pool's limit was lowered. */
function stow(magazine: Magazine): void {
  const { processor, pool } = magazine;
  const { kernel, row, words, stagedAt } = processor;
  if (pool.retention.isOverLimit(magazine)) {
    kernel.homeStaged(row);
    pool.drainer.purgeSoon();
  } else if (pool.retention.isReached(magazine, words[stagedAt] as number)) kernel.homeStaged(row);
  else kernel.spill(row);
}

/** Takes back a leased block: into the magazine if it may go there, after making room. */
export function giveBack(magazine: Magazine, view: PooledView): void {
  if (magazine.capacity === 0 || isPressed(magazine)) {
    if (magazine.top > 0) drainMagazine(magazine);
    publish(magazine, view);
    return;
  }
  if (magazine.top >= magazine.capacity) dropCold(magazine);
  if (magazine.top >= magazine.capacity) {
    magazine.unload(Math.min(magazine.batch, magazine.top));
    stow(magazine);
  }
  magazine.stash(view);
}

/** Sends home what the magazine has not needed since the last epoch that this thread noticed. The number of blocks. */
export function dropCold(magazine: Magazine): number {
  if (!magazine.isBehind) return 0;
  const cold = magazine.coldBlocks;
  if (cold > 0) {
    magazine.turnOver();
    sendHome(magazine, cold);
    magazine.turnOver();
    magazine.count(counter.DRAINED, cold);
  }
  magazine.noticeEpoch();
  return cold;
}

/** Sends every block of the magazine to where other threads reach it: this thread's deque as far as it may, which is the nearest for the next get. */
export function flushMagazine(magazine: Magazine): void {
  while (magazine.top > 0) {
    magazine.unload(Math.min(magazine.batch, magazine.top));
    stow(magazine);
  }
}

/** Sends every block of the magazine home. */
export function drainMagazine(magazine: Magazine): void {
  sendHome(magazine, magazine.top);
}

/** Sends the newest `count` blocks of the magazine home. */
function sendHome(magazine: Magazine, count: number): void {
  for (let left = count; left > 0; left -= magazine.batch) {
    magazine.unload(Math.min(magazine.batch, left));
    magazine.processor.kernel.homeStaged(magazine.processor.row);
  }
}

/** Whether no user of this thread holds a block of the class. */
export function holdsNothing(magazine: Magazine): boolean {
  return leasedBy(magazine) === 0;
}
