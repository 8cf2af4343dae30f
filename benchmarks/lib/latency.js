// A histogram of nanoseconds in shared memory: a bin for each number up to 63, then 32 bins for each doubling, so that a percentile is
// at most 3 % too high. Recording allocates nothing.

const SUB_BITS = 5;
const SUBS = 1 << SUB_BITS;
/** The largest is 2^31 - 1 ns, two seconds; what takes longer counts as that. */
const BINS = (31 - SUB_BITS + 1) * SUBS;

function binOf(ns) {
  if (ns < 2 * SUBS) return ns;
  const shift = 31 - Math.clz32(ns) - SUB_BITS;
  return shift * SUBS + (ns >>> shift);
}

/** The largest value of a bin. */
function upTo(bin) {
  if (bin < 2 * SUBS) return bin;
  const shift = (bin >>> SUB_BITS) - 1;
  return ((bin & (SUBS - 1)) + SUBS + 1) * 2 ** shift - 1;
}

export class Latencies {
  /** To be given to another thread, for its own `new Latencies(shared)`. */
  shared;
  #bins;

  constructor(shared = new SharedArrayBuffer(BINS * 4)) {
    this.shared = shared;
    this.#bins = new Uint32Array(shared);
  }

  record(ns) {
    this.#bins[binOf(Math.min(ns, 2 ** 31 - 1))] += 1;
  }

  clear() {
    this.#bins.fill(0);
  }

  add(other) {
    for (const [bin, count] of other.#bins.entries()) this.#bins[bin] += count;
  }

  get count() {
    return this.#bins.reduce((sum, count) => sum + count, 0);
  }

  /** The value that so many per cent of all are not above; 100 for the longest. */
  percentile(percent) {
    const rank = Math.max(1, Math.ceil((this.count * percent) / 100));
    let below = 0;
    for (const [bin, count] of this.#bins.entries()) {
      below += count;
      if (below >= rank) return upTo(bin);
    }
    return 0;
  }

  /** [largest value, count] of each bin that is not empty. */
  get bins() {
    return [...this.#bins.entries()].filter(([, count]) => count > 0).map(([bin, count]) => [upTo(bin), count]);
  }
}
