// Workers 0 and 3 are thieves, each with two victims after it. Prints what the victims of both have in their deques, and what the thieves have stolen
// once each has leased as many blocks, both at one time; and then what the second one's victims have put since, and what the first thief has stolen once
// it has leased as many more.
import { createRuntime, KiB, MiB } from '@syncpool/core';
import { ask, endCrew, startCrew } from './crew.mjs';

const SIZE = 16 * KiB;
const BLOCKS = 128;

const options = { blockSize: SIZE, maxBytes: 32 * MiB, drain: { on: 'never' } };
createRuntime({ maxBytes: 64 * MiB, maxProcessors: 8 }).pool('steals', options);
const [thief, ...others] = await startCrew('stealer.mjs', 6);
const near = others.slice(0, 2);
const [farThief, ...far] = others.slice(2);

const sum = (numbers) => numbers.reduce((total, one) => total + one, 0);

/** Each of the victims puts; the blocks in their deques then. */
async function fill(victims) {
  const stats = await Promise.all(victims.map((victim) => ask(victim, 'put', BLOCKS)));
  return stats.map(({ retained }) => retained);
}

// All lease before any puts, or they would steal from each other.
for (const victim of [...near, ...far]) await ask(victim, 'lease', 2 * BLOCKS);
const retained = [await fill(near), await fill(far)];
const together = await Promise.all([thief, farThief].map((one, node) => ask(one, 'lease', sum(retained[node]))));
const later = await fill(far);
const alone = await ask(thief, 'lease', sum(later));
console.log(JSON.stringify({ retained, together, later, alone }));
endCrew([thief, ...others]);
