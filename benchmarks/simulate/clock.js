// Time. A thread is a generator that yields how many nanoseconds it takes until its next moment; whoever comes first goes on. A CPU with
// several threads gives each a slice in turn.

import FlatQueue from 'flatqueue';

/** What the kernel of Linux gives a thread at least, where its timer ticks 250 times a second. */
export const SLICE_NS = 4e6;
const SWITCH_NS = 2000;

export class Clock {
  /** Nanoseconds since the start, of the thread that runs. */
  now = 0;
  /** The CPU that runs, and its thread. */
  cpu = 0;
  thread;
  #cpus = [];
  #queue = new FlatQueue();

  /** Starts a thread, an object with `run()`, on a CPU. */
  start(cpu, thread) {
    if (this.#cpus[cpu] === undefined) {
      this.#cpus[cpu] = { threads: [], sliceEnds: this.now + SLICE_NS };
      this.#queue.push(cpu, this.now);
    }
    this.#cpus[cpu].threads.push({ thread, steps: thread.run() });
  }

  /** Goes on until `isOver()`, which is asked after each moment. */
  run(isOver) {
    while (!isOver()) {
      this.now = this.#queue.peekValue();
      this.cpu = this.#queue.pop();
      const on = this.#cpus[this.cpu];
      const [{ thread, steps }] = on.threads;
      this.thread = thread;
      const { value, done } = steps.next();
      if (done) throw new Error('a thread of the simulation has ended');
      this.#queue.push(this.cpu, this.#afterSlice(on, this.now + value));
    }
  }

  /** When the CPU goes on: at `at`, with its next thread if the slice is used up by then. */
  #afterSlice(on, at) {
    if (on.threads.length === 1 || at < on.sliceEnds) return at;
    on.threads.push(on.threads.shift());
    on.sliceEnds = at + SWITCH_NS + SLICE_NS;
    return at + SWITCH_NS;
  }
}
