// Plans over every fixture: what holds for all of them, what each policy promises, and what is refused.

import { describe, expect, test } from 'vitest';
import {
  type Cpu,
  PlacementError,
  type Plan,
  type PlanOptions,
  planPlacement,
  type Topology,
} from '../../dist/index.js';
import { fc } from '../support/property.ts';
import { FIXTURES, type FixtureName, topologyOf } from '../support/trees.ts';

const POLICIES = ['compact', 'spread', 'per-llc', 'per-node', 'explicit'] as const;

function cpusOf(topology: Topology, ids: readonly number[]): Cpu[] {
  return ids.map((id) => {
    const cpu = topology.cpus.find((candidate) => candidate.id === id);
    if (cpu === undefined) throw new Error(`no CPU ${id}`);
    return cpu;
  });
}

function coresOf(topology: Topology, ids: readonly number[]): Set<number> {
  return new Set(cpusOf(topology, ids).map((cpu) => cpu.core));
}

/** The CPUs of a plan of one CPU a worker, in the order of the workers. */
function orderOf(plan: Plan): number[] {
  return plan.workers.map(({ cpus }) => {
    expect(cpus).toHaveLength(1);
    return cpus[0] ?? -1;
  });
}

/** Times each id occurs. */
function counts(ids: readonly number[]): number[] {
  const times = new Map<number, number>();
  for (const id of ids) times.set(id, (times.get(id) ?? 0) + 1);
  return [...times.values()];
}

/** A fixture without its quota, and with all online CPUs allowed: for what a policy promises. */
function freeTopology(name: FixtureName): Topology {
  const { quotaCpus: _, ...topology } = topologyOf(name);
  return { ...topology, allowed: topology.cpus.map((cpu) => cpu.id) };
}

/** The order of a policy over all CPUs of a fixture. */
function fullOrder(topology: Topology, policy: 'compact' | 'spread', more: Partial<PlanOptions> = {}): Cpu[] {
  const workers = topology.allowed.length;
  return cpusOf(topology, orderOf(planPlacement(topology, { workers, policy, ...more })));
}

describe.each(FIXTURES)('every plan on %s', (name) => {
  const topology = topologyOf(name);
  const { allowed } = topology;
  const options = fc.record(
    {
      workers: fc.integer({ min: 1, max: 2 * allowed.length }),
      policy: fc.constantFrom(...POLICIES),
      cpus: fc.shuffledSubarray([...allowed], { minLength: 1 }),
      keepMainFree: fc.boolean(),
      skipSmt: fc.boolean(),
    },
    { requiredKeys: ['workers', 'policy'] },
  );
  const quota = fc.option(fc.double({ min: 0.1, max: 300, noNaN: true }), { nil: undefined });

  /** The plan, undefined where it is refused as impossible; any other error is one of the test. */
  function planOf(given: Topology, asked: PlanOptions): Plan | undefined {
    const whole = asked.policy === 'explicit' && asked.cpus === undefined ? { ...asked, cpus: allowed } : asked;
    try {
      return planPlacement(given, whole);
    } catch (refusal) {
      if (refusal instanceof PlacementError) return undefined;
      throw refusal;
    }
  }

  test('has a place for each worker, and none outside of what is allowed', () => {
    fc.assert(
      fc.property(options, (asked) => {
        const plan = planOf(topology, asked);
        if (plan === undefined) return;
        expect(plan.workers.map(({ worker }) => worker)).toEqual(Array.from({ length: asked.workers }, (_, i) => i));
        const used = plan.workers.flatMap(({ cpus }) => cpus);
        expect(plan.workers.filter(({ cpus }) => cpus.length === 0)).toEqual([]);
        expect(used.filter((id) => !(asked.cpus ?? allowed).includes(id))).toEqual([]);
        expect(plan.main.filter((id) => !allowed.includes(id))).toEqual([]);
        expect(plan.main).not.toEqual([]);
      }),
    );
  });

  test('leaves the main thread a core of its own if asked, and otherwise all', () => {
    fc.assert(
      fc.property(options, (asked) => {
        const plan = planOf(topology, asked);
        if (plan === undefined) return;
        if (!asked.keepMainFree) return void expect(plan.main).toEqual(allowed);
        const cores = coresOf(topology, plan.main);
        expect(cores.size).toBe(1);
        expect(plan.main).toEqual(allowed.filter((id) => cores.has(cpusOf(topology, [id])[0]?.core ?? -1)));
        const used = coresOf(
          topology,
          plan.workers.flatMap(({ cpus }) => cpus),
        );
        expect([...used].filter((core) => cores.has(core))).toEqual([]);
      }),
    );
  });

  test('uses one CPU of a core where siblings are skipped', () => {
    fc.assert(
      fc.property(options, (asked) => {
        const plan = planOf(topology, { ...asked, skipSmt: true });
        const used = [...new Set(plan?.workers.flatMap(({ cpus }) => cpus))];
        expect(coresOf(topology, used).size).toBe(used.length);
      }),
    );
  });

  test('gives a CPU to a second worker when all have one, and as many as the quota pays for', () => {
    fc.assert(
      fc.property(options, quota, (asked, quotaCpus) => {
        const { quotaCpus: _, ...unlimited } = topology;
        const plan = planOf(quotaCpus === undefined ? unlimited : { ...unlimited, quotaCpus }, asked);
        if (plan === undefined || asked.policy.startsWith('per-')) return;
        const times = counts(orderOf(plan));
        expect(Math.max(...times) - Math.min(...times)).toBeLessThanOrEqual(1);
        const cpus = asked.cpus ?? allowed;
        const lost = coresOf(topology, asked.keepMainFree ? plan.main : []);
        const free = cpusOf(topology, cpus).filter((cpu) => !lost.has(cpu.core));
        const room = asked.skipSmt ? new Set(free.map((cpu) => cpu.core)).size : free.length;
        const paid = Math.max(1, Math.ceil(quotaCpus ?? 1000) - (asked.keepMainFree ? 1 : 0));
        const most = asked.policy === 'explicit' ? room : Math.min(room, paid);
        expect(times).toHaveLength(Math.min(asked.workers, most));
        expect(plan.notes.some((note) => note.includes('they share'))).toBe(asked.workers > most);
        expect(plan.notes.some((note) => note.includes('quota'))).toBe(paid < Math.min(asked.workers, room));
      }),
    );
  });

  test('of more workers starts with the plan of fewer', () => {
    fc.assert(
      fc.property(options, (asked) => {
        const plan = planOf(topology, asked);
        const next = planOf(topology, { ...asked, workers: asked.workers + 1 });
        expect(next?.workers.slice(0, -1)).toEqual(plan?.workers);
      }),
    );
  });

  test('gives groups the workers that their CPUs have room for', () => {
    fc.assert(
      fc.property(options, fc.constantFrom('per-llc' as const, 'per-node' as const), (asked, policy) => {
        const plan = planOf(topology, { ...asked, policy });
        if (plan === undefined) return;
        const key = policy === 'per-llc' ? 'llc' : 'node';
        const lost = coresOf(topology, asked.keepMainFree ? plan.main : []);
        const free = cpusOf(topology, asked.cpus ?? allowed).filter((cpu) => !lost.has(cpu.core));
        const rooms = [...new Set(free.map((cpu) => cpu[key]))].map((group) => {
          const inside = free.filter((cpu) => cpu[key] === group);
          const size = asked.skipSmt ? new Set(inside.map((cpu) => cpu.core)).size : inside.length;
          const ids = inside.map((cpu) => cpu.id);
          const members = plan.workers.filter(({ cpus }) => cpus.every((id) => ids.includes(id)));
          expect(members.filter(({ cpus }) => cpus.length !== size)).toEqual([]);
          return { size, taken: members.length };
        });
        expect(rooms.reduce((sum, { taken }) => sum + taken, 0)).toBe(asked.workers);
        const fullest = Math.max(...rooms.map(({ taken, size }) => taken / size));
        expect(rooms.every(({ taken, size }) => (taken + 1) / size >= fullest)).toBe(true);
      }),
    );
  });
});

describe.each(FIXTURES)('compact on %s', (name) => {
  const topology = freeTopology(name);
  const order = fullOrder(topology, 'compact');

  test.each(['node', 'llc'] as const)('enters the next %s when the one before is full', (level) => {
    const entered = order.map((cpu) => cpu[level]).filter((group, i, all) => group !== all[i - 1]);
    expect(entered).toHaveLength(new Set(entered).size);
  });

  test('goes to the nearest node next, from where it started', () => {
    const start = topology.nodes.find((node) => node.id === order[0]?.node);
    const entered = [...new Set(order.map((cpu) => start?.distances.get(cpu.node) ?? -1))];
    expect(entered).toEqual([...entered].sort((a, b) => a - b));
  });

  test('takes a sibling when every core of the cache is taken, and performance cores first', () => {
    order.forEach((cpu, i) => {
      const later = order.slice(i + 1).filter((other) => other.llc === cpu.llc);
      expect(later.filter((other) => other.smt < cpu.smt)).toEqual([]);
      if (cpu.kind !== 'efficiency') return;
      expect(later.filter((other) => other.kind === 'performance' && other.smt <= cpu.smt)).toEqual([]);
    });
  });
});

describe.each(FIXTURES)('spread on %s', (name) => {
  const topology = freeTopology(name);
  const order = fullOrder(topology, 'spread');

  test('takes a sibling when every core of the machine is taken, and performance cores first', () => {
    const tiers = order.map((cpu) => 2 * cpu.smt + (cpu.kind === 'efficiency' ? 1 : 0));
    expect(tiers).toEqual([...tiers].sort((a, b) => a - b));
  });

  test.each([
    ['node', 'package'],
    ['llc', 'node'],
    ['cluster', 'llc'],
  ] as const)('has no %s two ahead of another that has room', (level, outer) => {
    const isFirst = (cpu: Cpu) => cpu.smt === 0 && cpu.kind !== 'efficiency';
    const firsts = order.filter(isFirst);
    const sizes = new Map(firsts.map((cpu) => [cpu[level], firsts.filter((o) => o[level] === cpu[level]).length]));
    const taken = new Map<number, number>();
    for (const cpu of firsts) {
      const siblings = new Set(firsts.filter((other) => other[outer] === cpu[outer]).map((other) => other[level]));
      const open = [...siblings].filter((group) => (taken.get(group) ?? 0) < (sizes.get(group) ?? 0));
      const least = Math.min(...open.map((group) => taken.get(group) ?? 0));
      expect(taken.get(cpu[level]) ?? 0).toBe(least);
      taken.set(cpu[level], least + 1);
    }
  });
});

describe('the order of', () => {
  const ids = (name: FixtureName, policy: 'compact' | 'spread', count: number, more: Partial<PlanOptions> = {}) =>
    fullOrder(freeTopology(name), policy, more)
      .slice(0, count)
      .map((cpu) => cpu.id);

  test.each([
    ['compact', 'one socket', [0, 2, 4, 6, 8, 10, 12, 14, 1, 3]],
    ['compact', 'two sockets', [0, 2, 4, 6]],
    ['compact', 'hybrid', [0, 2, 4, 6, 8, 10, 12, 13, 14, 15, 16, 17, 18, 19, 1, 3]],
    ['compact', 'big.LITTLE', [4, 5, 6, 7, 0]],
    ['compact', 'ARM with clusters', [0, 1, 2, 3, 4]],
    ['spread', 'two sockets', [0, 1, 2, 3]],
    ['spread', 'AMD, 8 caches a socket', [0, 64, 8, 72, 16, 80]],
    ['spread', 'sub-NUMA clustering', [0, 16, 8, 24, 1, 17, 9, 25]],
    ['spread', 'ARM with clusters', [0, 72, 24, 48, 4, 76]],
    ['spread', 'four sockets in a ring', [0, 8, 4, 12, 1, 9]],
    ['spread', 'packages in a node', [0, 2, 4, 6, 1]],
  ] as const)('%s on %s', (policy, name, expected) => {
    expect(ids(name, policy, expected.length)).toEqual(expected);
  });

  test('compact starts where the most CPUs are allowed', () => {
    const topology = { ...freeTopology('AMD, 8 caches a socket'), allowed: [0, 1, 66, 67, 68, 72] };
    const plan = planPlacement(topology, { workers: 6, policy: 'compact' });
    expect(orderOf(plan)).toEqual([66, 67, 68, 72, 0, 1]);
  });

  test('an explicit list is its own, and it is used again from its start', () => {
    const plan = planPlacement(freeTopology('one socket'), { workers: 5, policy: 'explicit', cpus: [5, 2, 9] });
    expect(orderOf(plan)).toEqual([5, 2, 9, 5, 2]);
    expect(plan.notes).toEqual(['5 workers on 3 CPUs: they share']);
  });

  test('a list with another policy is a limit, and the main thread has what it leaves', () => {
    const asked = { workers: 4, policy: 'compact', cpus: [7, 6, 5, 4], keepMainFree: true } as const;
    const plan = planPlacement(freeTopology('one socket'), asked);
    expect(orderOf(plan)).toEqual([4, 6, 5, 7]);
    expect(plan.main).toEqual([0, 1]);
  });

  test('siblings whose first thread is not allowed are cores like others', () => {
    const topology = { ...freeTopology('sub-NUMA clustering'), allowed: [32, 33, 34] };
    expect(orderOf(planPlacement(topology, { workers: 3, policy: 'compact', skipSmt: true }))).toEqual([32, 33, 34]);
  });

  test('groups on a machine with memory-only nodes are of the nodes with CPUs', () => {
    const plan = planPlacement(freeTopology('nodes without CPUs'), { workers: 3, policy: 'per-node' });
    expect(plan.workers.map(({ cpus }) => cpus)).toEqual([
      [0, 1, 2, 3, 4, 5],
      [6, 7, 8, 9, 10, 11],
      [0, 1, 2, 3, 4, 5],
    ]);
  });
});

describe('the container', () => {
  test('has as many worker CPUs as its quota pays for, and a note', () => {
    const plan = planPlacement(topologyOf('container'), { workers: 4, policy: 'compact', keepMainFree: true });
    expect(plan.main).toEqual([8, 72]);
    expect(orderOf(plan)).toEqual([10, 12, 10, 12]);
    expect(plan.notes).toEqual([
      "the cgroup's quota pays for 2.5 CPUs: workers are on 2, and more at once are stopped together",
      '4 workers on 2 CPUs: they share',
    ]);
  });
});

describe('what is refused', () => {
  const topology = topologyOf('one socket');

  test.each([
    ['a CPU that is not allowed', { workers: 1, policy: 'explicit', cpus: [3, 16, 90] }, 'CPU 16,90'],
    ['one that another policy is limited to', { workers: 1, policy: 'compact', cpus: [16] }, 'CPU 16'],
    [
      'siblings of which none may be skipped',
      { workers: 2, policy: 'explicit', cpus: [2, 3], skipSmt: true },
      'CPU 2-3',
    ],
    [
      'a free core where the list has all',
      { workers: 1, policy: 'explicit', cpus: [0, 2, 4, 6, 8, 10, 12, 14], keepMainFree: true },
      '0-15',
    ],
  ] as const)('%s, as impossible', (_, options, named) => {
    const refusal = expect.objectContaining({ name: 'PlacementError', code: 'ERR_SYNCPOOL_SHIM_IMPOSSIBLE_PLAN' });
    expect(() => planPlacement(topology, options)).toThrow(refusal);
    expect(() => planPlacement(topology, options)).toThrow(named);
  });

  test('a free core where one core is all there is', () => {
    const oneCore = { ...topology, allowed: [4, 5] };
    expect(() => planPlacement(oneCore, { workers: 1, policy: 'compact', keepMainFree: true })).toThrow(PlacementError);
  });

  test.each([
    ['RangeError', { workers: 0, policy: 'compact' }, 'workers must be 1 to 1024, not 0'],
    ['RangeError', { workers: 1025, policy: 'compact' }, 'not 1025'],
    ['RangeError', { workers: 1.5, policy: 'compact' }, 'not 1.5'],
    ['TypeError', { workers: '4', policy: 'compact' }, 'not "4"'],
    [
      'RangeError',
      { workers: 1, policy: 'near' },
      'policy must be one of compact, spread, per-llc, per-node, explicit, not "near"',
    ],
    ['TypeError', { workers: 1, policy: 'explicit' }, 'needs cpus'],
    ['TypeError', { workers: 1, policy: 'explicit', cpus: '0-3' }, 'cpus must be an array of CPU ids, not "0-3"'],
    ['RangeError', { workers: 1, policy: 'explicit', cpus: [] }, 'the list is empty'],
    ['RangeError', { workers: 1, policy: 'explicit', cpus: [1, -1] }, 'cpus[1] must be a CPU id, not -1'],
    ['RangeError', { workers: 1, policy: 'explicit', cpus: [1, 2, 1] }, 'CPU 1 twice'],
    ['TypeError', { workers: 1, policy: 'compact', skipSmt: 1 }, 'skipSmt must be true or false, not 1'],
    ['TypeError', { workers: 1, policy: 'compact', skipSMT: true }, '"skipSMT" is no option'],
    ['TypeError', undefined, 'options must be an object'],
  ])('a %s for %j', (errorName, options, message) => {
    const refusal = expect.objectContaining({ name: errorName, code: 'ERR_SYNCPOOL_SHIM_INVALID_OPTION' });
    const plan = () => Reflect.apply(planPlacement, undefined, [topology, options]);
    expect(plan).toThrow(refusal);
    expect(plan).toThrow(message);
  });
});
