// The table of places: who holds which, through any order of claims and ends.

import { describe, expect, test } from 'vitest';
import { type Claim, MOST_PLACES, Places } from '../../../src/launch/places.ts';
import { fc } from '../../support/property.ts';

const MAIN = 100;

/** A table whose threads live until they are put into `dead`. */
function makePlaces() {
  const dead = new Set<number>();
  return { dead, places: new Places((thread) => !dead.has(thread)) };
}

function claimed(places: Places, creator = MAIN): Claim {
  const claim = places.claim(creator);
  if (claim === undefined) throw new Error('no place is free');
  return claim;
}

describe('places', () => {
  test('are given in the order of start', () => {
    const { places } = makePlaces();
    expect([claimed(places), claimed(places), claimed(places)].map(({ place }) => place)).toEqual([0, 1, 2]);
  });

  test('that are given back go to the next worker, the lowest first', () => {
    const { places } = makePlaces();
    const claims = [claimed(places), claimed(places), claimed(places), claimed(places)];
    for (const at of [2, 0]) if (claims[at] !== undefined) places.release(claims[at]);
    expect([claimed(places), claimed(places), claimed(places)].map(({ place }) => place)).toEqual([0, 2, 4]);
  });

  test('of workers that nobody saw end are free: of one that ran, and of one whose creator died before it ran', () => {
    const { places, dead } = makePlaces();
    const [parent, child] = [claimed(places), claimed(places, 201)];
    places.settle(parent, 201);
    const grandchild = claimed(places, 202);
    places.settle(child, 202);
    for (const thread of [201, 202]) dead.add(thread);
    expect([claimed(places), claimed(places), claimed(places)].map(({ place }) => place)).toEqual(
      [parent, child, grandchild].map(({ place }) => place),
    );
  });

  test('are not given back, nor taken over, by those who held them before', () => {
    const { places, dead } = makePlaces();
    const former = claimed(places);
    places.settle(former, 201);
    dead.add(201);
    const holder = claimed(places);
    // The 'exit' of the former comes late.
    places.release(former);
    places.settle(former, 201);
    expect([former.place, holder.place, claimed(places).place]).toEqual([0, 0, 1]);
  });

  test('are shared with who has the memory', () => {
    const { places } = makePlaces();
    claimed(places);
    expect(claimed(new Places(() => true, places.memory)).place).toBe(1);
  });

  test(`are ${MOST_PLACES}`, () => {
    const { places } = makePlaces();
    const last = Array.from({ length: MOST_PLACES }, () => claimed(places)).at(-1);
    expect(places.claim(MAIN)).toBeUndefined();
    if (last !== undefined) places.release(last);
    expect(claimed(places).place).toBe(MOST_PLACES - 1);
  });

  test('are always the lowest that no living worker holds', () => {
    const steps = fc.array(
      fc.record({ what: fc.constantFrom('start', 'settle', 'end', 'vanish'), which: fc.nat(20) }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(steps, (all) => {
        const { places, dead } = makePlaces();
        const living: { claim: Claim; thread: number; runs: boolean }[] = [];
        let threads = 1000;
        for (const { what, which } of all) {
          const one = living[which % Math.max(1, living.length)];
          if (what === 'start') {
            const held = new Set(living.map(({ claim }) => claim.place));
            const lowest = Array.from({ length: living.length + 1 }, (_, i) => i).find((i) => !held.has(i));
            threads += 1;
            const claim = claimed(places);
            expect(claim.place).toBe(lowest);
            living.push({ claim, thread: threads, runs: false });
          } else if (one !== undefined && what === 'settle') {
            places.settle(one.claim, one.thread);
            one.runs = true;
          } else if (one !== undefined && (what === 'end' || one.runs)) {
            if (what === 'end') places.release(one.claim);
            dead.add(one.thread);
            living.splice(living.indexOf(one), 1);
          }
        }
      }),
    );
  });
});
