// A free list without locks: the stack of R. Kent Treiber, "Systems Programming: Coping with Parallelism" (IBM RJ 5118, 1986), over block numbers in place
// of addresses, with the tag that IBM's System/370 manual adds to it. One word:
//
//   31 ....... indexBits | indexBits - 1 ....... 0
//   tag: pops so far     | the block put last, NONE if there is none
//
// and each block has a word `next`, the block below it. Who holds a block writes its `next`; whoever is about to pop it may read that at any
// time, also when the block is long gone: what it has read counts only if its compare and swap succeeds.
//
// ABA. A pop reads (tag, x), reads y below x, and swaps (tag, x) for (tag + 1, y). That is wrong if x was popped and put again in between, with
// something else below it. Each pop moves the tag on, so the word can be the same again only after 2^(32 - indexBits) pops, or a multiple of
// that, while the thread stood between its load and its swap. With at most MOST_BLOCKS blocks the tag has 20 bits: a million pops of
// at least 30 ns, so a thread must have stood there for 31 ms or longer, which a busy system does, and then met one tag in a million. Where that
// is too often, use a pool that cannot fail so: the shared pools of a runtime take blocks by words that never come again.

import { NONE } from './outcome.ts';
import { casShared, loadShared, storeShared, type Words } from './words.ts';

/** Leaves the tag 20 bits. */
export const MOST_BLOCKS = 4095;

function blockOf(head: number, indexBits: number): number {
  return head & ((1 << indexBits) - 1);
}

/** The head after a pop that leaves `block` on top: the tag moves on, and its carry falls off. */
function popped(head: number, block: number, indexBits: number): number {
  return (((head >>> indexBits) + 1) << indexBits) | block;
}

/** The head after a push: the tag stays. */
function pushed(head: number, block: number, indexBits: number): number {
  return ((head >>> indexBits) << indexBits) | block;
}

/** Takes the block put last, NONE if there is none. The word of block b is at `next` + b. */
export function takeTagged(words: Words, at: number, next: number, indexBits: number): number {
  let head = loadShared(words, at);
  while (blockOf(head, indexBits) !== NONE) {
    const block = blockOf(head, indexBits);
    // The block may be somebody's by now, and the number out of date. Then the tag has moved on, and the swap fails.
    const below = loadShared(words, next + block);
    const seen = casShared(words, at, head, popped(head, below, indexBits));
    if (seen === head) return block;
    head = seen;
  }
  return NONE;
}

/** Puts a block that the caller holds. The swap publishes its word `next`, and hands it over to the next pop. */
export function giveTagged(words: Words, at: number, next: number, indexBits: number, block: number): void {
  let head = loadShared(words, at);
  for (;;) {
    storeShared(words, next + block, blockOf(head, indexBits));
    const seen = casShared(words, at, head, pushed(head, block, indexBits));
    if (seen === head) return;
    head = seen;
  }
}
