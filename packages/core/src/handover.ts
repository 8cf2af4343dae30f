// From thread to thread: detach makes a message of a buffer, adopt a buffer of a message, once.
//
// Several steps each, any of them the last before a cut: the intent says what was begun, and the
// next slow path finishes it (processor.ts). A lease ends before its block is given away, and a
// block is taken before its lease begins.

import {
  blockOf,
  endDetached,
  LEASED,
  LEASED_HEAP,
  LEASED_SLOW,
  leaseOf,
  PooledView,
  setLease,
  setUsed,
} from './buffer.ts';
import * as counter from './counters.ts';
import { show, SyncPoolError, typeError } from './errors.ts';
import { blockOfHandle, generationOfHandle, isPlausible, type Handle, packHandle } from './handle.ts';
import { fitsHeap, receiveHeap, sendHeap } from './heap.ts';
import { BLOCKS_PER_SLAB, H_SLAB_COUNT, L_GENERATION, L_POISONED, L_STATE, S_WORD } from './kernel/layout.ts';
import { detached, LAST_GENERATION } from './kernel/line.ts';
import { FULL, STALE } from './kernel/outcome.ts';
import { slabClassOf } from './kernel/slab.ts';
import type { Magazine } from './magazine.ts';
import { detachClock } from './clock.ts';
import { isWatched } from './inspector.ts';
import { exhausted } from './refusals.ts';
import { giveBack, refill } from './supply.ts';
import { wipe } from './wiping.ts';

/** What detach gives and adopt takes: a number, or for a buffer from the heap its memory. */
export type Message = Handle | SharedArrayBuffer;

/** Takes a leased view from this thread and names its block for others. `used` is checked. */
export function detachView(magazine: Magazine, view: PooledView, used: number): Message {
  const lease = leaseOf(view);
  const { processor } = magazine;
  if (lease !== LEASED) processor.scopes?.forget(view);
  if (lease === LEASED_HEAP) return detachHeap(view, used);
  const block = blockOf(view);
  processor.intent = { kind: 'detach', magazine, block, view };
  // A watched view is for one lease.
  if (lease === LEASED || !isWatched(view)) magazine.keep(view);
  endDetached(view);
  const generation = processor.kernel.detach(processor.row, block, used, detachClock());
  if (generation === FULL) {
    setLease(view, lease);
    processor.intent = undefined;
    return detachCopy(magazine, view, used);
  }
  if (generation === STALE) throw new Error("the kernel says that a leased block is not this thread's");
  // Made while the intent still stands: a cut in here must not leave a block under a handle that nobody has.
  const handle = packHandle(generation, block);
  (magazine.tally[counter.DETACHES] as number) += 1;
  processor.intent = undefined;
  return handle;
}

/** Leases a block that has a generation left. Those that have none are held meanwhile, or they would come again and again. */
function leaseUnspent(magazine: Magazine): PooledView {
  const { kernel } = magazine.processor;
  const spent: PooledView[] = [];
  try {
    for (;;) {
      if (magazine.top === 0 && !refill(magazine)) throw exhausted(magazine);
      const view = magazine.lease();
      if (kernel.loadPlain(kernel.lineAt(blockOf(view)) + L_GENERATION) < LAST_GENERATION) return view;
      spent.push(view);
    }
  } finally {
    for (const view of spent) giveBack(magazine, view);
  }
}

/**
 * A block whose 2^29 generations are used up sends a copy of itself and goes back to its pool. A cut
 * in here can leave a lease that nobody holds, until the thread ends.
 */
function detachCopy(magazine: Magazine, view: PooledView, used: number): Message {
  const { kernel } = magazine.processor;
  const copy = leaseUnspent(magazine);
  // No lease that looks at its poison: the adopter's would take the copy for a write to it.
  kernel.storePlain(kernel.lineAt(blockOf(copy)) + L_POISONED, 0);
  copy.set(view);
  if (magazine.pool.wipesAtPut) wipe(view);
  giveBack(magazine, view);
  return detachView(magazine, copy, used);
}

function detachHeap(view: PooledView, used: number): SharedArrayBuffer {
  endDetached(view);
  sendHeap(view.buffer, used);
  return view.buffer;
}

/** A handle's block, checked against the pool as far as may be before it is taken. */
interface Target {
  readonly magazine: Magazine;
  readonly block: number;
  readonly generation: number;
}

/**
 * Finds a handle's block. Undefined if it is not detached under that handle, or never was.
 *
 * @throws ERR_SYNCPOOL_POOL_MISMATCH if it is another pool's
 */
function locate(magazines: readonly Magazine[], handle: Handle): Target | undefined {
  const { kernel } = (magazines[0] as Magazine).processor;
  if (!isPlausible(handle, kernel.loadPlain(H_SLAB_COUNT))) return undefined;
  const block = blockOfHandle(handle);
  const generation = generationOfHandle(handle);
  if (kernel.loadShared(kernel.lineAt(block) + L_STATE) !== detached(generation)) return undefined;
  // A detached block keeps its slab what it is; if it was adopted since, adopt's CAS will tell.
  const slab = kernel.loadShared(kernel.slabAt(Math.floor(block / BLOCKS_PER_SLAB)) + S_WORD);
  const magazine = magazines.find((one) => one.id === slabClassOf(slab));
  if (magazine !== undefined) return { magazine, block, generation };
  // Adopted between the two loads, its block may be of another class by now.
  if (kernel.loadShared(kernel.lineAt(block) + L_STATE) !== detached(generation)) return undefined;
  throw new SyncPoolError(
    'ERR_SYNCPOOL_POOL_MISMATCH',
    `handle ${handle} is of another pool than ${show((magazines[0] as Magazine).pool.name)}: adopt it from the pool that detached it`,
  );
}

function checkMessage(message: unknown): asserts message is Message {
  if (typeof message === 'number' || message instanceof SharedArrayBuffer) return;
  throw typeError(
    'ERR_SYNCPOOL_STALE_HANDLE',
    `a message must be what detach returned, a number or a SharedArrayBuffer, and is ${show(message)}`,
  );
}

/** Adopts a message for this thread, or returns undefined if its moment has passed. */
export function adoptMessage(magazines: readonly Magazine[], message: Message): PooledView | undefined {
  checkMessage(message);
  if (typeof message !== 'number') return adoptHeap(magazines, message);
  const target = locate(magazines, message);
  if (target === undefined) return undefined;
  const { magazine, block, generation } = target;
  const { processor } = magazine;
  const view = magazine.viewOf(block);
  const lease = magazine.pool.wipesAtPut ? LEASED_SLOW : LEASED;
  processor.intent = { kind: 'take', magazine, block, view: undefined };
  const used = processor.kernel.adopt(processor.row, block, generation);
  if (used === STALE) {
    processor.intent = undefined;
    magazine.keep(view);
    return undefined;
  }
  setUsed(view, used);
  setLease(view, lease);
  (magazine.tally[counter.ADOPTS] as number) += 1;
  processor.intent = undefined;
  return view;
}

function adoptHeap(magazines: readonly Magazine[], memory: SharedArrayBuffer): PooledView | undefined {
  const magazine = magazines.find((one) => fitsHeap(memory, one));
  if (magazine === undefined) {
    throw new SyncPoolError(
      'ERR_SYNCPOOL_POOL_MISMATCH',
      `the SharedArrayBuffer of ${memory.byteLength} bytes was not detached from pool ${show((magazines[0] as Magazine).pool.name)}`,
    );
  }
  const used = receiveHeap(memory);
  if (used === undefined) return undefined;
  const view = new PooledView(memory, 0, magazine, 0);
  setUsed(view, used);
  setLease(view, LEASED_HEAP);
  return view;
}

/** The memory is nobody's then, and the garbage collector's when its last view is gone. */
function discardHeap(magazines: readonly Magazine[], memory: SharedArrayBuffer): boolean {
  const view = adoptHeap(magazines, memory);
  view?.[Symbol.dispose]();
  return view !== undefined;
}

/** Gives a message's block back to its pool unused. False if its moment has passed. */
export function discardMessage(magazines: readonly Magazine[], message: Message): boolean {
  checkMessage(message);
  if (typeof message !== 'number') return discardHeap(magazines, message);
  const target = locate(magazines, message);
  return target !== undefined && discardBlock(target.magazine, target.block, target.generation);
}

/** Takes back a detached block and sends it home. False if it is not detached under that generation any more. */
export function discardBlock(magazine: Magazine, block: number, generation: number): boolean {
  const { processor } = magazine;
  processor.intent = { kind: 'take', magazine, block, view: undefined };
  if (processor.kernel.adopt(processor.row, block, generation) === STALE) {
    processor.intent = undefined;
    return false;
  }
  processor.discardOwned(magazine, block, false);
  return true;
}
