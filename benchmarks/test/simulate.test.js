// The simulation's logic, on cases that can be worked out by hand.

import { describe, expect, test } from 'vitest';
import { randomFrom } from '../lib/seed.js';
import { ASLEEP, Clock, SLICE_NS } from '../simulate/clock.js';
import { Lines } from '../simulate/lines.js';
import { machineOf } from '../simulate/machines.js';
import { ORDERS, random, roundRobin } from '../simulate/orders.js';
import { passed, shuffled, simulate } from '../simulate/scenario.js';
import { mailboxesOf, rolesOf } from '../simulate/workload.js';
import { World } from '../simulate/world.js';

const step = { once: 20, each: 2 };
const STEPS = { pop: step, push: step, steal: step, take: step, cut: step };
const COSTS = {
  ...STEPS,
  get: 3,
  put: 3,
  use: 2,
  refill: 30,
  unload: 30,
  probe: 4,
  detach: 80,
  adopt: 80,
  atomic: 7,
  work: 1000,
};

describe('lines', () => {
  // CPUs 0 and 1 are near each other, 2 is far from both.
  const latencies = [
    [0, 10, 100],
    [10, 0, 90],
    [100, 90, 0],
  ];

  test('a line that nobody holds costs nothing, and one that is at hand', () => {
    const lines = new Lines(latencies, 2);
    expect(lines.write(0, 1, 0)).toBe(0);
    expect(lines.owns(0, 1)).toBe(true);
    expect(lines.holds(1, 1)).toBe(false);
  });

  test('a reader gets it from the nearest holder, and both have it then', () => {
    const lines = new Lines(latencies, 1);
    lines.write(2, 0, 0);
    expect(lines.read(0, 0, 1000)).toBe(100);
    expect(lines.read(1, 0, 1000)).toBe(10);
    expect([0, 1, 2].map((cpu) => lines.holds(cpu, 0))).toEqual([true, true, true]);
    expect(lines.owns(2, 0)).toBe(false);
  });

  test('a writer takes it from all who hold it, and waits for the farthest', () => {
    const lines = new Lines(latencies, 1);
    for (const cpu of [0, 1, 2]) lines.read(cpu, 0, 0);
    expect(lines.write(0, 0, 1000)).toBe(100);
    expect([0, 1, 2].map((cpu) => lines.holds(cpu, 0))).toEqual([true, false, false]);
  });

  test('writers are served one after another, readers after the last of them, at the same time', () => {
    const lines = new Lines(latencies, 1);
    lines.write(2, 0, 0);
    expect(lines.write(0, 0, 1000)).toBe(100);
    expect(lines.write(1, 0, 1020)).toBe(80 + 10);
    expect(lines.read(0, 0, 1050)).toBe(60 + 10);
    expect(lines.read(2, 0, 1050)).toBe(60 + 90);
  });

  test('holders above the first word of their bits', () => {
    const many = Array.from({ length: 70 }, (_, a) => Array.from({ length: 70 }, (_, b) => Math.abs(a - b)));
    const lines = new Lines(many, 2);
    lines.write(69, 1, 0);
    expect(lines.owns(69, 1)).toBe(true);
    expect(lines.read(33, 1, 0)).toBe(36);
    expect(lines.write(0, 1, 0)).toBe(69);
  });
});

describe('clock', () => {
  const threadOf = (log, name, ...steps) => ({
    ranNs: 0,
    *run() {
      for (;;)
        for (const ns of steps) {
          log.push(name);
          yield ns;
        }
    },
  });

  test('whoever comes first goes on', () => {
    const clock = new Clock();
    const log = [];
    clock.start(0, threadOf(log, 'a', 30));
    clock.start(1, threadOf(log, 'b', 20));
    clock.run(() => clock.now >= 60);
    expect(log.join('')).toMatch(/^(ab|ba)bab/);
  });

  test('threads of one CPU take turns, a slice each', () => {
    const clock = new Clock();
    const [a, b] = ['a', 'b'].map((name) => threadOf([], name, SLICE_NS / 4));
    clock.start(0, a);
    clock.start(0, b);
    clock.run(() => clock.now > 4.5 * SLICE_NS);
    expect(a.ranNs).toBeGreaterThan(1.9 * SLICE_NS);
    expect(b.ranNs).toBeGreaterThan(1.9 * SLICE_NS);
    expect(a.ranNs + b.ranNs).toBeLessThan(clock.now + SLICE_NS);
  });

  test('a thread that sleeps leaves its CPU to the other, and its time does not count', () => {
    const clock = new Clock();
    const sleeper = threadOf([], 'a', 100, ASLEEP);
    const other = threadOf([], 'b', 100);
    clock.start(0, sleeper);
    clock.start(0, other);
    clock.run(() => clock.now > 3 * SLICE_NS);
    expect(other.ranNs).toBeGreaterThan(2 * SLICE_NS);
    expect(sleeper.ranNs).toBeLessThan(1000);
  });
});

describe('orders', () => {
  const next = randomFrom(3);

  test('round-robin asks every other row once, from the next one on', () => {
    expect([...roundRobin(3, 5)]).toEqual([4, 5, 1, 2]);
    expect([...roundRobin(1, 1)]).toEqual([]);
  });

  test.each([2, 7, 16, 96])('random asks every other of %i rows once', (count) => {
    for (let round = 0; round < 20; round++) {
      const victims = [...random(2, count, next)].sort((a, b) => a - b);
      expect(victims).toEqual(Array.from({ length: count }, (_, i) => i + 1).filter((row) => row !== 2));
    }
  });
});

describe('workload', () => {
  test('getters and putters are partners', () => {
    expect(rolesOf(2)).toEqual(['getter', 'putter']);
    expect(mailboxesOf(rolesOf(8))).toEqual([0, 0, 1, 1, 2, 2, undefined, undefined]);
    expect(mailboxesOf(rolesOf(1))).toEqual([0]);
  });
});

describe('runs', () => {
  const machine = machineOf('AMD, 8 caches a socket');
  const run = (options) =>
    simulate({ machine, costs: COSTS, order: 'nearest first', random: randomFrom(1), ...options });

  test('CPUs are filled cache by cache, and have the published latencies', () => {
    expect(machine.cpus).toBe(256);
    expect([1, 2, 16, 128].map((cpu) => machine.latencies[0][cpu])).toEqual([10, 23, 107, 197]);
  });

  test('alone, a get costs what was measured: a batch of 8 from the own deque for some of them', () => {
    const { getNs, stolenShare } = run({ threads: 1 });
    expect(stolenShare).toBe(0);
    expect(getNs).toBeGreaterThanOrEqual(COSTS.get);
    expect(getNs).toBeLessThanOrEqual(COSTS.get + (COSTS.refill + 20 + 8 * 2) / 8);
  });

  test.each(Object.keys(ORDERS))('%s: two threads, nine of ten blocks come from the other one', (order) => {
    const { getNs, stolenShare, byDistance } = run({ threads: 2, order });
    expect(stolenShare).toBeGreaterThan(0.8);
    expect(byDistance).toMatchObject({ llc: 0, node: 0, remote: 0 });
    expect(byDistance.smt).toBeGreaterThan(0);
    expect(getNs).toBeGreaterThan(COSTS.get + (0.8 * (COSTS.refill + 20)) / 8);
  });

  test('farther apart, a get costs more; in batches less than one at a time', () => {
    const far = { ...machine, latencies: machine.latencies.map((row) => row.map((ns) => 10 * ns)) };
    const near = run({ threads: 2 }).getNs;
    expect(run({ threads: 2, machine: far }).getNs).toBeGreaterThan(near);
    expect(run({ threads: 2, batch: 1 }).getNs).toBeGreaterThan(near);
  });

  test('nearest first steals on the own node what round-robin steals from anywhere', () => {
    const shareOfRemote = ({ byDistance: { smt, llc, node, remote } }) => remote / (smt + llc + node + remote);
    const options = { threads: 16, machine: machineOf('two sockets') };
    const spread = { ...options.machine };
    // Every eighth CPU: half of the threads on either socket.
    const pick = (all) => Array.from({ length: 16 }, (_, i) => all[i * 8]);
    for (const name of ['placements', 'latencies', 'far']) spread[name] = pick(spread[name]);
    for (const name of ['latencies', 'far']) spread[name] = spread[name].map(pick);
    // Where a socket's putters get fewer blocks than its getters take, the rest comes from the other one: so over several placings.
    const mean = (order) => {
      const shares = [1, 2, 3, 4].map((seed) =>
        shareOfRemote(run({ ...options, machine: spread, order, random: randomFrom(seed) })),
      );
      return shares.reduce((sum, share) => sum + share) / shares.length;
    };
    expect(mean('nearest first')).toBeLessThan(mean('round-robin (Go)') - 0.1);
  });

  test('the same seed gives the same time, another one another', () => {
    expect(run({ threads: 8 })).toEqual(run({ threads: 8 }));
    expect(run({ threads: 8, random: randomFrom(2) }).getNs).not.toBe(run({ threads: 8 }).getNs);
  });

  test('what threads share CPUs costs them is not counted as theirs', () => {
    const options = { cpus: 2, lineNs: 30, costs: COSTS };
    const apart = passed({ ...options, threads: 2 });
    expect(Math.abs(passed({ ...options, threads: 4 }) / apart - 1)).toBeLessThan(0.2);
  });

  test('every number once', () => {
    expect(shuffled(50, randomFrom(1)).sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
  });

  test('no block is lost or doubled', () => {
    const roles = rolesOf(8);
    const world = new World({
      roles,
      cpus: roles.map((_, i) => i),
      latencies: machine.latencies,
      placements: machine.placements,
      order: 'nearest first',
      costs: COSTS,
      random: randomFrom(1),
    });
    world.run(500);
    const held = world.threads.flatMap(({ magazine }) => magazine);
    expect(new Set(held).size).toBe(held.length);
    // A thread that stands inside a step has a block between two places; each of the others is in one.
    expect(world.close().length).toBeLessThanOrEqual(roles.length * 8);
  });
});
