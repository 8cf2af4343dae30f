// What a thread is told of its place.

import { expect, test } from 'vitest';
import { placementOn } from '../../../src/placement/of-thread.ts';

/** Two nodes of two caches of two cores of two threads; node 1's way back is longer. */
const FACTS = Array.from({ length: 16 }, (_, id) => ({
  id,
  core: id - (id % 2),
  cluster: id - (id % 2),
  llc: id - (id % 4),
  node: id < 8 ? 0 : 1,
}));
const ofNodes = (from: number, to: number) => (from === to ? 10 : from < to ? 21 : 22);

test('the distances of a CPU are those of its core, its cache, its node and the firmware', () => {
  const { distances, cpu, llc, node, place, cpus } = placementOn(3, [5], FACTS, ofNodes);
  expect({ place, cpu, cpus, llc, node }).toEqual({ place: 3, cpu: 5, cpus: [5], llc: 4, node: 0 });
  expect(Object.values(distances)).toEqual([4, 4, 4, 4, 1, 0, 3, 3, ...Array(8).fill(21)]);
  expect(placementOn(0, [8], FACTS, ofNodes).distances[0]).toBe(22);
});

test('cores of one cluster are nearer than those of one cache', () => {
  const clustered = FACTS.map((fact) => ({ ...fact, core: fact.id }));
  expect(Object.values(placementOn(0, [0], clustered, ofNodes).distances).slice(0, 5)).toEqual([0, 2, 3, 3, 4]);
});

test('a group has the cache and the node that all of it share', () => {
  expect(placementOn(0, [4, 5, 6, 7], FACTS, ofNodes)).toMatchObject({ cpu: 4, llc: 4, node: 0 });
  expect(placementOn(0, [0, 1, 4], FACTS, ofNodes)).toMatchObject({ llc: -1, node: 0 });
  expect(placementOn(0, [0, 8], FACTS, ofNodes)).toMatchObject({ llc: -1, node: -1 });
});

test('it cannot be changed', () => {
  const placement = placementOn(0, [0], FACTS, ofNodes);
  expect([placement, placement.cpus, placement.distances].every(Object.isFrozen)).toBe(true);
});

test('nodes of which the firmware says nothing are elsewhere', () => {
  expect(placementOn(0, [0], FACTS, () => undefined).distances[15]).toBe(20);
});
