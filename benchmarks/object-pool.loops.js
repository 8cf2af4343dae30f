// The loops of object-pool.js, in a file of their own: imported a second time under another address, they are code that V8 has
// learnt nothing about yet.

import { do_not_optimize } from 'mitata';

/** Objects leased at a time where the oldest is put first, as with requests that take equally long. */
const IN_FLIGHT = 4;

/** Loops of PAIRS, each with call sites of its own, so that each sees one class. */
export function loopsOver(list, pool, pairs) {
  const listedThen = Array.from({ length: IN_FLIGHT }, () => list.get());
  const pooledThen = Array.from({ length: IN_FLIGHT }, () => pool.get());
  return {
    listed() {
      let seen = 0;
      for (let i = 0; i < pairs; i++) {
        const object = list.get();
        object.id = i;
        seen ^= object.used;
        list.put(object);
      }
      do_not_optimize(seen);
    },
    listedInTurn() {
      let seen = 0;
      for (let i = 0; i < pairs; i++) {
        const at = i % IN_FLIGHT;
        list.put(listedThen[at]);
        const object = list.get();
        seen ^= object.used;
        listedThen[at] = object;
      }
      do_not_optimize(seen);
    },
    pooledInTurn() {
      let seen = 0;
      for (let i = 0; i < pairs; i++) {
        const at = i % IN_FLIGHT;
        pool.put(pooledThen[at]);
        const object = pool.get();
        seen ^= object.used;
        pooledThen[at] = object;
      }
      do_not_optimize(seen);
    },
    pooled() {
      let seen = 0;
      for (let i = 0; i < pairs; i++) {
        const object = pool.get();
        object.id = i;
        seen ^= object.used;
        pool.put(object);
      }
      do_not_optimize(seen);
    },
  };
}
