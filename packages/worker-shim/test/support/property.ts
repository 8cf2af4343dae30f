// fast-check with a seed that is printed and can be given (SEED=...): every property test imports it from here.

import fc from 'fast-check';

const given = process.env.SEED;
const seed = (given ? Number(given) : Date.now() ^ (process.pid << 16)) | 0;
console.log(`properties: SEED=${seed}`);
fc.configureGlobal({ seed, numRuns: 200 });

export { fc };
