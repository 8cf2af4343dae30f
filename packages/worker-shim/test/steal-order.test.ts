// Whom threads steal from, on each of the machines: 64 processors of a pool, placed on the machine's CPUs, driven by one thread. The
// placements are what pinned threads publish; how far apart CPUs are is said by the topology.

import { afterEach, describe, expect, test } from 'vitest';
import { BACKENDS } from '../../core/test/support/backends.ts';
import { Simulated } from '../../core/test/support/simulated.ts';
import { type Distance, distance, type Topology } from '../dist/index.js';
import { placementIn } from '../src/placement/of-thread.ts';
import { fc } from './support/property.ts';
import { FIXTURES, topologyOf } from './support/trees.ts';

const PROCESSORS = 64;
const NEAR: readonly Distance[] = ['self', 'smt', 'cluster', 'llc', 'node'];

/** Distances as numbers in their order. */
function rankOf(topology: Topology, from: number, to: number): number {
  const far = distance(topology, from, to);
  return typeof far === 'number' ? far : NEAR.indexOf(far) - NEAR.length;
}

/** One CPU for each processor, from all over the machine; a second thread on each where it has fewer. */
function cpusFor({ cpus }: Topology): number[] {
  return Array.from({ length: PROCESSORS }, (_, i) => {
    const at = cpus.length > PROCESSORS ? Math.floor((i * cpus.length) / PROCESSORS) : i % cpus.length;
    return (cpus[at] as { id: number }).id;
  });
}

type Turn =
  | { readonly what: 'fill' | 'get'; readonly processor: number }
  | { readonly what: 'move'; readonly processor: number; readonly to: number };

const processor = fc.nat(PROCESSORS - 1);
const turn: fc.Arbitrary<Turn> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ what: fc.constant('fill' as const), processor }) },
  { weight: 8, arbitrary: fc.record({ what: fc.constant('get' as const), processor }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('move' as const), processor, to: processor }) },
);

let simulated: Simulated | undefined;
afterEach(() => simulated?.close());

describe.each(BACKENDS)('on %s', (backend) => {
  test.each(FIXTURES)('a thread steals from the nearest that have blocks: %s', (name) => {
    const topology = topologyOf(name);
    const all = new Simulated(backend, PROCESSORS);
    simulated = all;
    let steals = 0;
    fc.assert(
      fc.property(fc.array(turn, { minLength: 200, maxLength: 400 }), (turns) => {
        const cpus = cpusFor(topology);
        for (const [i, cpu] of cpus.entries()) all.place(i, placementIn(topology, [cpu]));
        for (const { processor: one, ...rest } of turns) {
          const cpu = cpus[one] as number;
          if (rest.what === 'fill') all.fill(one, 3);
          if (rest.what === 'move') {
            cpus[one] = cpus[rest.to] as number;
            all.place(one, placementIn(topology, [cpus[one] as number]));
          }
          if (rest.what !== 'get') continue;
          const ranks = cpus.map((to, other) =>
            other === one || all.deque(other) === 0 ? Number.POSITIVE_INFINITY : rankOf(topology, cpu, to),
          );
          const nearest = Math.min(...ranks);
          const isOwn = all.deque(one) > 0;
          const victim = all.get(one);
          if (isOwn || nearest === Number.POSITIVE_INFINITY) expect(victim).toBeUndefined();
          else expect(ranks[victim as number]).toBe(nearest);
          if (victim !== undefined) steals += 1;
        }
      }),
      { numRuns: 20 },
    );
    expect(steals).toBeGreaterThan(100);
  });
});
