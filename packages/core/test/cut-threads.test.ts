// Threads that V8 cuts and that go on: by a vm timeout, which strikes at any function entry or loop
// turn and runs no finally, and by the end of the stack, which strikes at any call. A step of the wasm
// kernel is whole, so nothing is lost; a cut step of the atomics kernel may lose a block. Neither ever gives one to two.

import { expect, test } from 'vitest';
import { BACKENDS, makeRuntime, runCrew } from './support/crew.ts';
import { vmStorm } from './support/cuts.ts';
import { violations } from './support/invariants.ts';
import { importCopy } from './support/package-copy.ts';
import { announceSeed, Xorshift } from './support/prng.ts';
import { blocksIn, expectAllAccounted, expectMended, leaseAll, openSetup, SETUPS } from './support/storm-setups.ts';
import { Diver, giveAll, makeUser, settleDoubts, type User } from './support/storm.ts';

const DEEP = process.env.SYNCPOOL_DEEP === '1';
const ROUNDS = DEEP ? 60 : 6;
const STORMS = 60;
const seed = announceSeed('cut threads');

/** Each storm returns how often it cut the user. */
const CUTTERS = {
  'vm timeouts': (user: User, prng: Xorshift) => {
    const run = vmStorm(user);
    return () => run(1 + prng.below(3));
  },
  'the end of the stack': (user: User, prng: Xorshift) => {
    const diver = new Diver();
    return () => diver.dive(user, prng.below(12));
  },
};

for (const kernel of BACKENDS) {
  for (const setup of SETUPS) {
    for (const [cutter, make] of Object.entries(CUTTERS)) {
      const promise = kernel === 'wasm' ? 'neither lost nor held twice' : 'never held twice';
      test(`blocks are ${promise} when ${cutter} cut a thread (${kernel}, ${setup.name})`, async () => {
        const prng = new Xorshift(seed);
        let cuts = 0;
        let lost = 0;
        for (let round = 0; round < ROUNDS; round++) {
          // A copy, so that its functions are not compiled yet: compiled code has fewer places to be cut.
          const { runtime, pool } = openSetup(await importCopy(), kernel, setup);
          const user = makeUser(pool, setup.most, prng.next());
          const storm = make(user, prng);
          for (let i = 0; i < STORMS; i++) {
            cuts += storm();
            settleDoubts(user);
            runtime.pool('storm');
            if (kernel === 'atomics') expectMended(runtime, pool);
            if (kernel === 'wasm') expectAllAccounted(runtime, pool, user);
          }
          giveAll(user);
          const leased = leaseAll(pool);
          lost += blocksIn(setup) - leased;
          expect(leased).toBeLessThanOrEqual(blocksIn(setup));
          expect(user.doubled, 'blocks that came although they were held').toBe(0);
          runtime.close();
        }
        console.log(`${kernel}, ${cutter}, ${setup.name}: ${cuts} cuts, ${lost} blocks lost`);
        expect(cuts).toBeGreaterThan(ROUNDS);
        if (kernel === 'wasm') expect(lost).toBe(0);
      });
    }
  }
}

interface Report {
  cuts: number;
  doubled: number;
  steps: number;
}

for (const kernel of BACKENDS) {
  test(`a thread that is cut while its siblings steal from it never shares a block with them (${kernel})`, async () => {
    const runtime = makeRuntime(kernel, { maxBytes: 1 << 20, maxProcessors: 4, maxClasses: 4 });
    const blocks = 256;
    const pool = runtime.pool('storm', { blockSize: 1024, maxBytes: blocks * 1024 });
    pool.prewarm(1024, blocks);
    const stop = new Int32Array(new SharedArrayBuffer(4));
    const crew = [DEEP ? 4000 : 200, 0, 0].map((storms, i) => {
      // Together they want more than there is, so the pool stays at its limit.
      return { runtime: runtime.name, seed: seed + i, most: 100, storms, stop };
    });
    const reports = await runCrew<Report>('stormed', crew);
    expect(reports.map((one) => one.doubled)).toEqual([0, 0, 0]);
    expect(reports[0]?.cuts).toBeGreaterThan(200);
    expectMended(runtime, pool);
    const leased = leaseAll(pool);
    console.log(`${kernel}, among siblings: ${JSON.stringify(reports)}, ${blocks - leased} blocks lost`);
    expect(leased).toBeLessThanOrEqual(blocks);
    if (kernel === 'wasm') {
      expect(leased).toBe(blocks);
      expect(violations(runtime.token)).toEqual([]);
    }
    runtime.close();
  });
}
