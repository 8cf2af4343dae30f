// The loop of a thread of threads.js, in a file of its own so that each pool can have a copy (pairs.js says why).

const PAIRS = 2000;

/** A function that gets and puts until word `running` is no longer 1, and returns the number of pairs. */
export function pairsUntilOf(pool, size) {
  // Called often, it is compiled as a whole, with the pool as a constant; a loop that never ends is compiled for its middle only.
  const loop = () => {
    let seen = 0;
    for (let i = 0; i < PAIRS; i++) {
      const buffer = pool.get(size);
      seen ^= buffer.length;
      pool.put(buffer);
    }
    return seen;
  };
  return (words, running) => {
    let pairs = 0;
    while (Atomics.load(words, running) === 1 && loop() === 0) pairs += PAIRS;
    return pairs;
  };
}
