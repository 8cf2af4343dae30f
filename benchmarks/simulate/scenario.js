// One point of a curve: so many threads on a machine, with an order of victims and a batch.

import { median } from '../lib/report.js';
import { SLICE_NS } from './clock.js';
import { DISTANCES } from './machines.js';
import { rolesOf } from './workload.js';
import { World } from './world.js';

/** Gets of one getter before and while it is counted. */
const WARM = 48;
const COUNTED = 96;
/** Slices of each CPU's threads before and while real ones are compared with them. */
const SLICES = 2;

/** The numbers 0 to count - 1 in a random order (Fisher and Yates). */
export function shuffled(count, random) {
  const numbers = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [numbers[i], numbers[j]] = [numbers[j], numbers[i]];
  }
  return numbers;
}

const isGetter = ({ role }) => role === 'getter' || role === 'alone';
const sum = (values) => values.reduce((total, value) => total + value, 0);

/**
 * What the getters of that many threads see on the machine's first CPUs, who is where being random: nanoseconds of a get, and of
 * a get with the writing of the block's first lines; the share of their blocks that was stolen, and that by distance.
 */
export function simulate({ machine, threads, order, batch, costs, random }) {
  const cpus = shuffled(threads, random);
  const world = new World({
    roles: rolesOf(threads),
    cpus,
    latencies: machine.latencies,
    placements: cpus.map((cpu) => machine.placements[cpu]),
    order,
    batch,
    costs,
    random,
  });
  world.run(WARM);
  for (const thread of world.threads) thread.startCounting();
  world.run(COUNTED);
  const getters = world.threads.filter(isGetter);
  world.close();
  const gets = sum(getters.map((thread) => thread.gets));
  const byDistance = Object.fromEntries(DISTANCES.map((name) => [name, 0]));
  for (const { index, stolen } of getters) {
    for (const [victim, count] of stolen) byDistance[machine.far[cpus[index - 1]][cpus[victim - 1]]] += count;
  }
  const tiers = sum(getters.map(({ tiers: { steal } }) => steal));
  return {
    getNs: sum(getters.map((thread) => thread.getNs)) / gets,
    usedNs: sum(getters.map((thread) => thread.getNs + thread.useNs)) / gets,
    stolenShare: tiers / gets,
    freshShare: sum(getters.map(({ tiers: { cut } }) => cut)) / gets,
    byDistance,
  };
}

/**
 * Nanoseconds of processor time between two gets of a getter, without its work, where threads share CPUs that a line takes `lineNs` between: what
 * real.js measures of real ones.
 */
export function passed({ threads, cpus, lineNs, costs }) {
  const latencies = Array.from({ length: cpus }, (_, a) =>
    Array.from({ length: cpus }, (_, b) => (a === b ? 0 : lineNs)),
  );
  const roles = rolesOf(threads);
  const world = new World({
    roles,
    cpus: roles.map((_, i) => i % cpus),
    latencies,
    placements: [],
    order: 'by the bitmap, no places',
    costs,
    random: () => 0,
  });
  const ns = SLICES * SLICE_NS * Math.ceil(threads / cpus);
  world.pass(ns);
  for (const thread of world.threads) thread.startCounting();
  world.pass(ns);
  world.close();
  const getters = world.threads.filter(isGetter);
  return median(getters.map(({ ranNs, gets }) => ranNs / gets - costs.work));
}
