// Threads that are measured together: started once, told what to run by messages, and let go at one moment by a barrier in shared
// memory (crew.worker.js). There may be more of them than cores; they then wait at the barrier asleep instead of turning in circles.
//
// What they run are the functions that a module's `setUp(data, index)` returns, by name. Each is called with a count and with the
// thread's own counters, and is timed by the thread from the barrier to its end; or it gives the nanoseconds itself, if not all of
// what it does is to be measured. One that is async may let the event loop turn. Before its first time a function is called
// once unmeasured, for the compilers.

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** Shared by all: who has come to the barrier, and which batch it is open for; a line each. */
export const ARRIVED = 0;
export const OPEN = 16;
/** Then a line pair for each thread: its nanoseconds, and its counters. */
const HEAD_BYTES = 128;
const THREAD_BYTES = 128;
const COUNTERS = 15;

/** What a thread writes: nanoseconds first, then COUNTERS numbers of its benchmark's choice. */
export function linesOf(shared, index) {
  return new Float64Array(shared, HEAD_BYTES + index * THREAD_BYTES, 1 + COUNTERS);
}

class Crew {
  #workers;
  #shared;
  #batch = 0;

  constructor(workers, shared) {
    this.#workers = workers;
    this.#shared = shared;
  }

  /**
   * Runs `name` with `count` in some of the threads, the first so many or those of the numbers given. Nanoseconds for each of
   * the `count`, by thread and their mean; the sums of the counters.
   */
  async measure(name, { threads, count }) {
    const indexes = typeof threads === 'number' ? [...Array(threads).keys()] : threads;
    const words = new Int32Array(this.#shared);
    words[ARRIVED] = 0;
    this.#batch += 1;
    const lines = indexes.map((index) => linesOf(this.#shared, index).fill(0));
    await Promise.all(
      indexes.map(async (index) => {
        const worker = this.#workers[index];
        const done = once(worker, 'message');
        worker.postMessage({ name, count, parties: indexes.length, batch: this.#batch });
        await done;
      }),
    );
    const each = lines.map((line) => line[0] / count);
    const counters = Array.from({ length: COUNTERS }, (_, i) => lines.reduce((sum, line) => sum + line[1 + i], 0));
    return { each, mean: each.reduce((sum, ns) => sum + ns, 0) / each.length, counters };
  }

  async stop() {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}

/** Starts `size` threads whose functions `module` (a URL) sets up; `data` is what its `setUp` is given. */
export async function startCrew(module, size, data) {
  const shared = new SharedArrayBuffer(HEAD_BYTES + size * THREAD_BYTES);
  const workers = await Promise.all(
    Array.from({ length: size }, async (_, index) => {
      const workerData = { module: String(module), shared, index, data };
      const worker = new Worker(new URL('crew.worker.js', import.meta.url), { workerData });
      await once(worker, 'message');
      return worker;
    }),
  );
  return new Crew(workers, shared);
}
