// Workers that are killed at random moments while they work: no block is ever held twice, nobody gets stuck,
// and with the wasm kernel nothing is lost but what was under way in a message.

import { expect, test } from 'vitest';
import { BACKENDS } from '../support/crew.ts';
import { killStorm } from '../support/kill-storm.ts';
import { announceSeed } from '../support/prng.ts';

const KILLS = 240;

test.each(BACKENDS)('a storm of kills leaves no block held twice and no thread stuck on %s', async (backend) => {
  const damage = await killStorm(backend, KILLS, announceSeed(`storm ${backend}`));
  console.log(`${backend}: ${JSON.stringify(damage)}`);
  expect(damage.kills).toBeGreaterThanOrEqual(KILLS);
  // They worked between their deaths, or nothing was tried.
  expect(damage.operations).toBeGreaterThan(100 * damage.kills);
});
