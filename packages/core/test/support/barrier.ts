// A start line in shared memory: nobody passes before all have arrived.

const ARRIVED = 0;
const OPEN = 1;

export type BarrierWords = Int32Array<SharedArrayBuffer>;

export function createBarrier(): BarrierWords {
  return new Int32Array(new SharedArrayBuffer(8));
}

/** Blocks the calling thread until `parties` threads have arrived. For workers: a main thread may not be the one who waits. */
export function arrive(barrier: BarrierWords, parties: number): void {
  if (Atomics.add(barrier, ARRIVED, 1) + 1 === parties) {
    Atomics.store(barrier, OPEN, 1);
    Atomics.notify(barrier, OPEN);
  }
  while (Atomics.load(barrier, OPEN) === 0) Atomics.wait(barrier, OPEN, 0);
}
