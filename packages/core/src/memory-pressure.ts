// Draining by the container's memory: once a second the main thread looks, and lets go for all threads; and so does one of the workers,
// for pools that the main thread has not opened (keeper.ts).
//
// What .NET's ArrayPool does by the machine's load: trims by age, sooner under medium pressure, and
// everything under high. Here the measure is the container's own limit (host/memory-limit.ts).

import { isMainThread } from 'node:worker_threads';
import { tickOf } from './clock.ts';
import type { BufferPool } from './pool.ts';
import { MemoryWatch } from './host/memory-limit.ts';
import { H_WATCHES_MEMORY } from './kernel/layout.ts';
import { DONE } from './kernel/outcome.ts';
import { press } from './pressure.ts';
import type { Processor } from './processor.ts';

const LOOK_EVERY_MS = 1000;
/** Under medium pressure an epoch is this much shorter. */
const HASTE = 4;

/** What a look needs of a runtime. */
export interface Watched {
  readonly processor: Processor;
  /** Every pool. */
  readonly pools: () => readonly BufferPool[];
}

/** Begins to look, if the runtime asks for it. Returns what ends it. */
export function watchPressure(watched: Watched, watch: Pick<MemoryWatch, 'pressure'> = new MemoryWatch()): () => void {
  if (watched.processor.kernel.loadPlain(H_WATCHES_MEMORY) === 0) return () => {};
  const timer = setInterval(() => {
    // Another thread may have closed the runtime: this one has nothing to look for then, ever.
    if (watched.processor.tryEnter()) look(watched, watch);
    else clearInterval(timer);
  }, LOOK_EVERY_MS).unref();
  return () => clearInterval(timer);
}

/** Whether the look of this second is this thread's: the main thread's looks are all its own, of workers one has each. */
function isMine(processor: Processor): boolean {
  const tick = tickOf(LOOK_EVERY_MS);
  if (!isMainThread) return processor.kernel.claimLook(tick) === DONE;
  const { lookedIn } = processor;
  processor.lookedIn = tick;
  return tick !== lookedIn;
}

/** Looks at the container's memory, once a second, and drains the pools that drain by a clock and are this thread's to drain. */
export function look({ processor, pools }: Watched, watch: Pick<MemoryWatch, 'pressure'>): void {
  if (!processor.tryEnter() || !isMine(processor)) return;
  const pressure = watch.pressure();
  if (pressure === 'low') return;
  // The main thread opens all of them here, and keeps them from then on.
  for (const pool of pools()) {
    if (!pool.drainer.isKeptHere) continue;
    if (pressure === 'high') letGo(pool);
    else pool.drainer.hasten(HASTE);
  }
}

/** Empties a pool, and makes every thread's puts pass by its magazine for a moment, which empties those as they come. */
function letGo(pool: BufferPool): void {
  if (!pool.drainer.hasClock) return;
  pool.drainer.empty();
  const [magazine] = pool.magazines;
  if (magazine !== undefined) press(magazine);
}
