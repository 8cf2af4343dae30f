// What the threads of cas-list.js and variants.js do, one get and one put after the other; and the pools that they do it with.

import { attachRuntime, createRuntime, KiB, MiB } from '@syncpool/core';
import { BoundedPool, FreelistPool, ShardedPool } from '@syncpool/core/variants';
import { startCrew } from './crew.js';

export const SIZE = 4 * KiB;
const MAX_BYTES = 4 * MiB;
const CHUNK = 1000;
const VARIANTS = { ShardedPool, FreelistPool, BoundedPool };
/** Long enough that threads without a core each take turns within a batch, and short enough for a mutex that many want. */
const COUNTS = { syncpool: 4e6, ShardedPool: 4e5, FreelistPool: 4e5, BoundedPool: 4e5 };

/** A function that makes `count` pairs. In chunks, so that it is compiled as a whole, with the pool as a constant, and not for the middle of its loop. */
export function pairsOf(pool, size) {
  const chunk = () => {
    let seen = 0;
    for (let i = 0; i < CHUNK; i++) {
      const buffer = pool.get(size);
      seen ^= buffer.length;
      pool.put(buffer);
    }
    return seen;
  };
  return (count) => {
    for (let done = 0; done < count; done += CHUNK) if (chunk() < 0) throw new Error('never: it keeps the loop');
  };
}

/** Of a thread of the crew: a function for each pool, whose code is a copy of its own. */
export async function setUp({ runtime, tokens }) {
  const pools = { syncpool: attachRuntime(runtime).pool('p') };
  for (const [name, token] of Object.entries(tokens)) pools[name] = new VARIANTS[name](token);
  const functions = {};
  for (const [name, pool] of Object.entries(pools)) {
    const copy = await import(`${import.meta.url}?${name}`);
    functions[name] = copy.pairsOf(pool, SIZE);
  }
  return functions;
}

/** The pools of this thread, by name, and what a crew needs to attach to them. */
export function openPools(name) {
  const runtime = createRuntime({ name, maxBytes: 64 * MiB, maxProcessors: 32 });
  const pools = { syncpool: runtime.pool('p', { blockSize: SIZE, maxBytes: MAX_BYTES }) };
  const tokens = {};
  for (const [variant, Variant] of Object.entries(VARIANTS)) {
    pools[variant] = new Variant({ blockSize: SIZE, maxBytes: MAX_BYTES });
    tokens[variant] = pools[variant].token;
  }
  return { runtime, pools, data: { runtime: name, tokens } };
}

export function startPoolCrew(size, data) {
  return startCrew(import.meta.url, size, data);
}

/** Contenders: a pair of each pool in so many threads at once, in nanoseconds of each thread. */
export function pairsIn(crew, threads) {
  const contenders = Object.entries(COUNTS).map(([name, count]) => [
    `${name}, ${threads}`,
    async () => (await crew.measure(name, { threads, count: threads > 2 ? count / 2 : count })).mean,
  ]);
  return Object.fromEntries(contenders);
}
