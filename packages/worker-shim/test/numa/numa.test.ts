// The package on a machine with two nodes, which is emulated: what it sees, where its threads are, whose memory they get.
// Placement, counters and pages are asserted, never times. `npm run test:numa`.

import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type Ended, parseReports } from '../support/launch.ts';
import type { Job } from './support/image.ts';
import { FAR, type Run, runInMachine } from './support/machine.ts';
import { PROJECTS, type Project } from './support/projects.ts';
import { findTools } from './support/tools.ts';

/** For the machine and what it is built from; the machine has a limit of its own below this one. */
const LONGEST_MS = 420_000;

/** A block of a mebibyte, in the kernel's small pages. */
const PAGES_PER_BLOCK = 256;

/** CPUs of the eight workers under each policy. CPU 0 and 1 are a core, and 2 and 3; 0 to 3 are node 0. */
const PLANS = {
  compact: ['0', '2', '1', '3', '4', '6', '5', '7'],
  spread: ['0', '4', '2', '6', '1', '5', '3', '7'],
  'per-node': ['0-3', '4-7', '0-3', '4-7', '0-3', '4-7', '0-3', '4-7'],
};
type Policy = keyof typeof PLANS;
const POLICIES = Object.keys(PLANS) as Policy[];

/** Debian has it at `always`: two mebibytes, two of a pool's slabs, then go to the node of whoever writes the first byte of them, if nobody asks for small pages. */
const HUGE_PAGES = '/sys/kernel/mm/transparent_hugepage/enabled';

function launched(project: Project, flags: readonly string[], ...program: readonly string[]): Job {
  return { project, command: ['node_modules/.bin/syncpool-launch', ...flags, '--', 'node', ...program] };
}

function perProject(suffix: string, jobOf: (project: Project) => Job): [string, Job][] {
  return PROJECTS.map((project) => [`${project}: ${suffix}`, jobOf(project)]);
}

const jobs: Record<string, Job> = Object.fromEntries([
  ['topology', { project: 'bare', command: ['node', 'topology.mjs'] }],
  ...perProject('pin', (project) => ({ project, command: ['node', 'pin.mjs'] })),
  ...POLICIES.flatMap((policy) =>
    perProject(policy, (project) => launched(project, ['--workers', '8', '--policy', policy], 'workers.mjs')),
  ),
  ['first touch', launched('koffi', ['--cpus', '1,6'], 'first-touch.mjs', '16', '1')],
  ['steals', launched('koffi', ['--cpus', '0,1,2,4,5,6'], 'steals.mjs')],
  ['huge pages', { project: 'bare', command: ['cat', HUGE_PAGES] }],
  ...perProject('turns', (project) => launched(project, ['--cpus', '1,6'], 'first-touch.mjs', '1', '4')),
  ['small blocks', launched('koffi', ['--cpus', '1,6'], 'small-blocks.mjs')],
  ['no huge pages', { project: 'bare', command: ['sh', '-c', `echo never >${HUGE_PAGES}`] }],
  ['bare, no huge pages: turns', launched('bare', ['--cpus', '1,6'], 'first-touch.mjs', '1', '4')],
  ...perProject('repinned', (project) => launched(project, ['--cpus', '1,6'], 'repinned.mjs')),
  ['fails', { project: 'bare', command: ['node', '-e', 'throw new Error("of the guest")'] }],
  ['hangs', { project: 'bare', command: ['sleep', '1000'], limitMs: 1000 }],
]);

interface Place {
  readonly cpu: number;
  readonly node: number;
  readonly distances: Readonly<Record<string, number>>;
}

interface Workers {
  readonly threads: readonly { readonly name: string; readonly cpus: string }[];
  readonly placements: readonly Place[];
}

interface Touched {
  readonly cpu: number;
  readonly pages: readonly number[];
}

/** Two workers, on CPU 1 and 6, took turns, and each one's block is on its node. */
const OWN_TURNS = Array.from({ length: 4 }, () => [
  [1, [PAGES_PER_BLOCK, 0]],
  [6, [0, PAGES_PER_BLOCK]],
]).flat();

/** Of two workers on two nodes, the pages of both when they hold so many blocks of one page. */
const SMALL_BLOCKS = 512;
const OWN_PAGES = [
  [SMALL_BLOCKS, 0],
  [0, SMALL_BLOCKS],
];

interface Stealer {
  readonly freshBlocks: number;
  readonly stolenByDistance: Readonly<Record<string, number>>;
}

/** What lay in the victims' deques, and what the thieves had stolen then. */
interface Steals {
  readonly retained: readonly (readonly number[])[];
  readonly together: readonly Stealer[];
  readonly later: readonly number[];
  readonly alone: Stealer;
}

/** Pages on each node, and slabs, of all blocks that a worker holds. */
interface Holding {
  readonly nodes: readonly number[];
  readonly slabs: readonly number[];
}

interface Held {
  readonly returnedBytes: number;
  readonly workers: readonly Holding[];
}

interface Moved extends Holding {
  readonly place: { readonly cpu: number; readonly llc: number; readonly node: number };
}

const tools = findTools();
if ('lacking' in tools) console.warn(`Skipped: ${tools.lacking}`);

describe.skipIf('lacking' in tools)('on a machine with two nodes', () => {
  let run: Run;
  let failures = 0;

  /** How a job ended; fails if it has not. */
  function endOf(name: string): Ended {
    const ended = run.ended.get(name);
    if (ended === undefined) throw new Error(`'${name}' has not ended: ${run.fault ?? 'there is no such job'}`);
    return ended;
  }

  /** The one value that a job printed. */
  function reportOf<T>(name: string): T {
    const [report] = parseReports<T>(endOf(name));
    if (report === undefined) throw new Error(`'${name}' printed nothing`);
    return report;
  }

  /** Where the pages of each turn went. */
  function turnsOf(name: string): [cpu: number, pages: readonly number[]][] {
    return parseReports<Touched>(endOf(name)).map(({ cpu, pages }) => [cpu, pages]);
  }

  beforeAll(async () => {
    if ('lacking' in tools) throw new Error(tools.lacking);
    run = await runInMachine(tools, jobs);
  }, LONGEST_MS);

  beforeEach(({ onTestFailed }) => {
    onTestFailed(() => {
      failures += 1;
    });
  });

  afterAll(() => {
    if (failures > 0 && run !== undefined) console.error(`The machine's console:\n${run.console}`);
  });

  test('it runs all programs and goes off', () => {
    expect(run.fault).toBeUndefined();
  });

  test('a program that fails there, or hangs, is told from one that succeeds', () => {
    expect(() => parseReports(endOf('fails'))).toThrow(/ended with 1: [\s\S]*Error: of the guest/);
    expect(() => parseReports(endOf('hangs'))).toThrow(/ended with SIGKILL: .*ETIMEDOUT/);
  });

  test('the topology has its nodes, distances, cores and caches, and nothing was missing', () => {
    const cpu = (id: number) => {
      const node = id < 4 ? 0 : 1;
      const core = id - (id % 2);
      return { id, core, cluster: core, llc: 4 * node, die: 4 * node, package: 4 * node, node, smt: id % 2 };
    };
    const ids = [0, 1, 2, 3, 4, 5, 6, 7];
    expect(reportOf('topology')).toEqual({
      system: 'linux',
      cpus: ids.map(cpu),
      allowed: ids,
      nodes: [
        { id: 0, cpus: [0, 1, 2, 3], distances: { 0: 10, 1: FAR } },
        { id: 1, cpus: [4, 5, 6, 7], distances: { 0: FAR, 1: 10 } },
      ],
      warnings: [],
    });
  });

  test.each([
    ['koffi', 'koffi'],
    ['bare', 'taskset'],
  ])('a thread pins itself, project %s by %s', (project, how) => {
    expect(reportOf(`${project}: pin`)).toEqual({ how, holds: [6], processor: 6 });
  });

  describe.each(POLICIES)('--policy %s', (policy) => {
    test.each(PROJECTS)(
      'each worker may run on the CPUs that the plan says, all other threads on all (%s)',
      (project) => {
        const { threads } = reportOf<Workers>(`${project}: ${policy}`);
        const workers = threads.filter(({ name }) => name.startsWith('sp-worker-'));
        const byName = Object.fromEntries(workers.map(({ name, cpus }) => [name, cpus]));
        expect(byName).toEqual(Object.fromEntries(PLANS[policy].map((cpus, i) => [`sp-worker-${i}`, cpus])));
        const others = threads.filter((thread) => !workers.includes(thread));
        expect(new Set(others.map(({ cpus }) => cpus))).toEqual(new Set(['0-7']));
      },
    );
  });

  test('a placed worker knows its node, and how far the CPUs of the other one are', () => {
    const { placements } = reportOf<Workers>('koffi: compact');
    expect(placements.map(({ cpu, node }) => [cpu, node])).toEqual(
      PLANS.compact.map((cpu) => [Number(cpu), Number(cpu) < 4 ? 0 : 1]),
    );
    const [first] = placements;
    expect(first?.distances).toEqual({ 0: 0, 1: 1, 2: 3, 3: 3, 4: FAR, 5: FAR, 6: FAR, 7: FAR });
  });

  test("a pool's blocks lie on the node of the worker that wrote them first", () => {
    const touched = parseReports<Touched>(endOf('first touch'));
    expect(touched.map(({ cpu, pages }) => [cpu, pages])).toEqual([
      [1, [16 * PAGES_PER_BLOCK, 0]],
      [6, [0, 16 * PAGES_PER_BLOCK]],
    ]);
  });

  test('and so does each block where two workers take turns, with huge pages and koffi', () => {
    expect(endOf('huge pages').stdout).toContain('[always]');
    expect(turnsOf('koffi: turns')).toEqual(OWN_TURNS);
  });

  test('without koffi it does if there are no huge pages, and not if there are', () => {
    expect(turnsOf('bare: turns')).not.toEqual(OWN_TURNS);
    expect(endOf('no huge pages').code).toBe(0);
    expect(turnsOf('bare, no huge pages: turns')).toEqual(OWN_TURNS);
  });

  test('a thief empties the deques of its own node, the nearest first, before it touches any of the other', () => {
    const { retained, together, later, alone } = reportOf<Steals>('steals');
    expect(Math.min(...retained.flat(), ...later)).toBeGreaterThan(0);
    const stolen = (by: Stealer | undefined) => {
      const { smt, llc, remote, ...others } = by?.stolenByDistance ?? {};
      return { steals: [smt, llc, remote], others: new Set(Object.values(others)) };
    };
    const [ownCore, ownCache] = retained[0] ?? [];
    const nowhereElse = new Set([0]);
    expect(together.map(stolen)).toEqual(retained.map((blocks) => ({ steals: [...blocks, 0], others: nowhereElse })));
    const far = later.reduce((sum, blocks) => sum + blocks, 0);
    expect(stolen(alone)).toEqual({ steals: [ownCore, ownCache, far], others: nowhereElse });
    expect([...together, alone].map(({ freshBlocks }) => freshBlocks)).toEqual([0, 0, 0]);
  });

  test('two workers hold small blocks of slabs of their own, all on their nodes, and get those again', () => {
    const [first, second] = parseReports<Held>(endOf('small blocks'));
    const [own, foreign] = first?.workers ?? [];
    expect([own?.nodes, foreign?.nodes]).toEqual(OWN_PAGES);
    expect([own?.slabs.length, foreign?.slabs.length]).toEqual([2, 2]);
    expect(new Set([...(own?.slabs ?? []), ...(foreign?.slabs ?? [])]).size).toBe(4);
    expect(second).toEqual({ returnedBytes: 0, workers: first?.workers });
  });

  test('of memory that was given back, each gets pages of its node again', () => {
    const [, , first, second] = parseReports<Held>(endOf('small blocks'));
    expect(first?.workers.map(({ nodes }) => nodes)).toEqual(OWN_PAGES);
    expect(second?.workers.map(({ nodes }) => nodes)).toEqual(OWN_PAGES);
    expect(second?.returnedBytes).toBeGreaterThanOrEqual(2 * SMALL_BLOCKS * 4096);
  });

  test.each(PROJECTS)(
    'a worker that somebody else pins again says so, and cuts from slabs of its new node (%s)',
    (project) => {
      const { before, after } = reportOf<{ before: Moved; after: Moved }>(`${project}: repinned`);
      expect(before).toMatchObject({ place: { cpu: 1, llc: 0, node: 0 }, nodes: [64, 0] });
      expect(after).toMatchObject({ place: { cpu: 6, llc: 4, node: 1 }, nodes: [64, 64] });
      expect(before.slabs).toHaveLength(1);
      expect(after.slabs).toHaveLength(2);
    },
  );
});

describe('the machine of these tests', () => {
  test.skipIf(process.platform !== 'linux' || process.arch !== 'x64')(
    'what is missing for it is named, and the packages that have it',
    () => {
      vi.stubEnv('PATH', '/nowhere');
      onTestFinished(() => void vi.unstubAllEnvs());
      expect(findTools()).toEqual({
        lacking: expect.stringMatching(/is not installed.* apt-get install qemu-system-x86 /),
      });
    },
  );

  test.skipIf('lacking' in tools)('is stopped if it goes on for too long, and says how far it came', async () => {
    if ('lacking' in tools) throw new Error(tools.lacking);
    const { ended, fault } = await runInMachine(
      tools,
      { hangs: { project: 'bare', command: ['sleep', '1000'] } },
      5000,
    );
    expect(fault).toMatch(/was stopped after 5 s \(SIGKILL\) when 0 of 1 programs had run/);
    expect(ended.size).toBe(0);
  });
});
