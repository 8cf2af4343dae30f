// The storm of keeper.test.ts for longer: some ten seconds.

import { expect, test } from 'vitest';
import { canReturnPages } from '../../src/host/pages.ts';
import { BACKENDS } from '../support/crew.ts';
import { keeperStorm } from '../support/keeper-storm.ts';
import { announceSeed } from '../support/prng.ts';

const KILLS = 180;

test.skipIf(!canReturnPages().can).each(BACKENDS)(
  'a process survives the end of hundreds of workers whose pages are being given back on %s',
  async (backend) => {
    const survival = await keeperStorm(backend, announceSeed(`long keeper storm ${backend}`), KILLS);
    expect(survival.killed).toBe(KILLS);
    expect(survival.returnedBytes).toBeGreaterThan(0);
  },
);
