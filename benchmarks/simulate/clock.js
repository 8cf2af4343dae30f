// Time. A thread is a generator that yields how many nanoseconds it takes until its next moment; whoever comes first goes on. A CPU with
// several threads gives each a slice in turn.

import FlatQueue from 'flatqueue';

/** What the kernel of Linux gives a thread at least, where its timer ticks 250 times a second. */
export const SLICE_NS = 4e6;
const SWITCH_NS = 2000;
/** What a thread yields that has nothing to do for a while. */
export const ASLEEP = -1;
const SLEEP_NS = 1e6;

export class Clock {
  /** Nanoseconds since the start, of the thread that runs. */
  now = 0;
  /** The CPU that runs, and its thread. */
  cpu = 0;
  thread;
  #cpus = [];
  #queue = new FlatQueue();

  /** Starts a thread on a CPU: an object with `run()`, and `ranNs` to add the time to that it has run. */
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
      this.#queue.push(this.cpu, value === ASLEEP ? this.#afterSleep(on) : this.#afterRun(on, value));
    }
  }

  /** When the CPU goes on after a thread has gone to sleep: with the next one at once, or when it wakes if it is alone. */
  #afterSleep(on) {
    if (on.threads.length === 1) return this.now + SLEEP_NS;
    on.sliceEnds = this.now;
    return this.#afterSlice(on, this.now);
  }

  #afterRun(on, ns) {
    on.threads[0].thread.ranNs += ns;
    return this.#afterSlice(on, this.now + ns);
  }

  /** When the CPU goes on: at `at`, with its next thread if the slice is used up by then. */
  #afterSlice(on, at) {
    if (on.threads.length === 1 || at < on.sliceEnds) return at;
    on.threads.push(on.threads.shift());
    on.sliceEnds = at + SWITCH_NS + SLICE_NS;
    return at + SWITCH_NS;
  }
}
