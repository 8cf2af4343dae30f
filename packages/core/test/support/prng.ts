// Seeded randomness for tests: a run can be repeated with SEED=<the number printed>.

/** Marsaglia's xorshift32. Not random enough for anything but choosing test operations, and small. */
export class Xorshift {
  #state: number;

  constructor(seed: number) {
    // 0 is the one state that xorshift never leaves.
    this.#state = seed >>> 0 || 0x9e3779b9;
  }

  /** The next number, 1 to 2^32 - 1. */
  next(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x >>> 0;
    return this.#state;
  }

  /** An integer from 0 to `limit - 1`. */
  below(limit: number): number {
    return this.next() % limit;
  }

  /** One of the items. */
  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }
}

/** The run's seed: SEED, else one from the clock. Prints it for `what`. */
export function announceSeed(what: string): number {
  const given = process.env.SEED;
  const seed = given ? Number(given) >>> 0 : (Date.now() ^ (process.pid << 16)) >>> 0;
  console.log(`${what}: SEED=${seed}`);
  return seed;
}
