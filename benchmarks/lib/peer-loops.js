// The loops of peers.js: a get and a put, or an allocation, of one size. Imported once for each size, under another address: what V8 has learnt from
// one must not help or hurt the other.

import { MiB } from '@syncpool/core';
import { MemPool } from '@thi.ng/malloc';
import { do_not_optimize } from 'mitata';
import reusify from 'reusify';

const POOLED = 16;

/** As reusify wants it: a constructor, with a field for its list. */
function constructorOf(size) {
  return class Reused {
    constructor() {
      this.bytes = Buffer.allocUnsafeSlow(size);
      this.next = null;
    }
  };
}

function looped(pairs, body) {
  return { pairs, body };
}

/** Contenders by name: how many pairs a call makes, and the call. */
export function loopsOf(size, pool) {
  const slots = Array.from({ length: POOLED }, () => Buffer.allocUnsafeSlow(size));
  const stack = { slots, top: POOLED };
  const list = Array.from({ length: POOLED }, () => Buffer.allocUnsafeSlow(size));
  const reused = reusify(constructorOf(size));
  // With no others in use its search is as short as it can be; over shared memory, to be of the same use, though it has no atomics.
  const mempool = new MemPool({ buf: new SharedArrayBuffer(4 * MiB) });
  return {
    'array with an index, the floor': looped(10_000, () => {
      let seen = 0;
      for (let i = 0; i < 10_000; i++) {
        const buffer = stack.slots[--stack.top];
        seen ^= buffer.length;
        stack.slots[stack.top++] = buffer;
      }
      do_not_optimize(seen);
    }),
    'array with push and pop': looped(10_000, () => {
      let seen = 0;
      for (let i = 0; i < 10_000; i++) {
        const buffer = list.pop();
        seen ^= buffer.length;
        list.push(buffer);
      }
      do_not_optimize(seen);
    }),
    reusify: looped(10_000, () => {
      let seen = 0;
      for (let i = 0; i < 10_000; i++) {
        const object = reused.get();
        seen ^= object.bytes.length;
        reused.release(object);
      }
      do_not_optimize(seen);
    }),
    syncpool: looped(10_000, () => {
      let seen = 0;
      for (let i = 0; i < 10_000; i++) {
        const buffer = pool.get(size);
        seen ^= buffer.length;
        pool.put(buffer);
      }
      do_not_optimize(seen);
    }),
    '@thi.ng/malloc': looped(1000, () => {
      let seen = 0;
      for (let i = 0; i < 1000; i++) {
        const array = mempool.mallocAs('u8', size);
        seen ^= array.length;
        mempool.free(array);
      }
      do_not_optimize(seen);
    }),
    'Buffer.allocUnsafe': looped(1000, () => {
      let seen = 0;
      for (let i = 0; i < 1000; i++) seen ^= Buffer.allocUnsafe(size).length;
      do_not_optimize(seen);
    }),
    'Buffer.alloc': looped(100, () => {
      let seen = 0;
      for (let i = 0; i < 100; i++) seen ^= Buffer.alloc(size).length;
      do_not_optimize(seen);
    }),
    'new SharedArrayBuffer': looped(100, () => {
      let seen = 0;
      for (let i = 0; i < 100; i++) seen ^= new SharedArrayBuffer(size).byteLength;
      do_not_optimize(seen);
    }),
  };
}
