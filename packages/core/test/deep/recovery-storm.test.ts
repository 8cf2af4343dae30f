// The termination storm for longer: at least 5,000 kills on whichever Node runs it.

import { expect, test } from 'vitest';
import { BACKENDS } from '../support/crew.ts';
import { killStorm } from '../support/kill-storm.ts';
import { announceSeed } from '../support/prng.ts';

const KILLS = 2520;

test.each(BACKENDS)(
  'thousands of kills leave no block held twice and no thread stuck on %s',
  {
    timeout: 1_200_000,
  },
  async (backend) => {
    const damage = await killStorm(backend, KILLS, announceSeed(`long storm ${backend}`));
    console.log(`Node ${process.version}, ${backend}: ${JSON.stringify(damage)}`);
    expect(damage.kills).toBeGreaterThanOrEqual(KILLS);
  },
);
