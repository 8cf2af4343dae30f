// One seed for all that is random in a run. main.js chooses it, prints it with the results, and hands it on as SEED.

const given = Number(process.env.SEED);

/** 1 to 2^32 - 1. */
export const seed =
  Number.isInteger(given) && given >>> 0 !== 0 ? given >>> 0 : (Date.now() ^ (process.pid << 16)) >>> 0 || 1;

/** Uniform numbers from 0 to below 1 (Marsaglia's xorshift32), by the seed and the number of the stream. */
export function randomFrom(stream = 0) {
  let state = (seed ^ Math.imul(stream, 0x9e3779b9)) >>> 0 || 0x9e3779b9;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
