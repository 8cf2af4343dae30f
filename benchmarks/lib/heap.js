// What the garbage collector of the calling thread has to do: its time, and the bytes that it is given.

import { constants, PerformanceObserver } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');

/** Collects all garbage of this thread. */
export const collect = runInNewContext('gc');

/**
 * Bytes allocated by this thread and not collected: V8's heap, and the memory of ArrayBuffers and SharedArrayBuffers, which Node counts
 * for the thread that made them, wherever they are now. Not in it: what a clone is written to on its way, and pooled memory.
 */
export function allocatedBytes() {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** Adds up how long collections took this thread, those asked for by `collect` left out. */
export function watchCollections() {
  let ms = 0;
  const observer = new PerformanceObserver((list) => {
    for (const { duration, detail } of list.getEntries()) {
      if ((detail.flags & constants.NODE_PERFORMANCE_GC_FLAGS_FORCED) === 0) ms += duration;
    }
  });
  observer.observe({ entryTypes: ['gc'] });
  /** Milliseconds so far. Entries arrive on the event loop: it is given two turns. */
  return async () => {
    await setImmediate();
    await setImmediate();
    return ms;
  };
}
