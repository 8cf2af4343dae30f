// Programs below the launcher that know nothing of it: their workers are where the plan says.

import { effectiveAffinity, formatCpuList } from '@syncpool/worker-shim';
import { afterAll, describe, expect, test } from 'vitest';
import { parseReports, program, reportsOf, runLauncher, twoCpus } from '../support/launch.ts';
import { copyWithoutKoffi } from '../support/package-copy.ts';

interface Self {
  readonly cpus: string;
  readonly name: string;
  readonly placement: { readonly place: number; readonly distances: Record<string, number> } | undefined;
}

interface One {
  readonly main: Self;
  readonly worker: Self;
  readonly pid: number;
}

interface Piscina {
  readonly main: number;
  readonly selves: readonly Self[];
  readonly threads: readonly { readonly tid: number; readonly name: string; readonly cpus: string }[];
}

const all = formatCpuList(effectiveAffinity() ?? []);
const [first, second] = twoCpus();
const BOTH = ['--cpus', `${first},${second}`];

const bare = copyWithoutKoffi();
afterAll(() => bare.remove());

describe('below the launcher', () => {
  test('each worker of an unmodified piscina program is on its planned CPU, and all other threads may use all CPUs', async () => {
    const [report] = await reportsOf<Piscina>(BOTH, 'piscina.mjs');
    if (report === undefined) throw new Error('no report');
    const { threads, selves } = report;
    const workers = threads.filter(({ name }) => name.startsWith('sp-worker-'));
    // Four workers for two places: they go round.
    expect(workers.map(({ name, cpus }) => [name, cpus]).sort()).toEqual([
      ['sp-worker-0', String(first)],
      ['sp-worker-1', String(second)],
      ['sp-worker-2', String(first)],
      ['sp-worker-3', String(second)],
    ]);
    expect(selves.map(({ cpus }) => cpus).sort()).toEqual(workers.map(({ cpus }) => cpus).sort());
    const others = threads.filter((thread) => !workers.includes(thread));
    expect(others.length).toBeGreaterThan(4);
    expect([...new Set(others.map(({ cpus }) => cpus))]).toEqual([all]);
  });

  test("libuv's threads may use all CPUs though a worker was the first to need them", async () => {
    const [masks] = await reportsOf<string[]>(BOTH, 'first-io.cjs');
    // The main thread, libuv's four, V8's; and not the worker.
    expect(masks?.length).toBeGreaterThan(5);
    expect([...new Set(masks)]).toEqual([all]);
  });

  test("the thread of a loader's hooks, started after workers were, has no place", async () => {
    const [threads] = await reportsOf<{ name: string; cpus: string }[]>(BOTH, 'hooks.mjs');
    const pinned = threads?.filter(({ cpus }) => cpus !== all);
    expect(pinned).toEqual([{ name: 'sp-worker-0', cpus: String(first) }]);
  });

  test('a place is free again when its worker ends, or dies with the one that started it', async () => {
    const [places] = await reportsOf<[number, string][]>([...BOTH, '--workers', '4'], 'turnover.mjs');
    const cpus = [first, second, first, second].map(String);
    expect(places).toEqual([0, 1, 0, 2, 0, 2].map((place) => [place, cpus[place]]));
  });

  test('processes that a pinned thread starts may use all CPUs, and the thread stays', async () => {
    type Masks = Record<string, string>;
    const [found] = await reportsOf<{ worker: Masks; main: Masks }>(['--keep-main-free'], 'children.cjs');
    const { own: ofWorker, ...fromWorker } = found?.worker ?? {};
    const { own: ofMain, ...fromMain } = found?.main ?? {};
    const wide = { spawnSync: all, execSync: all, execFileSync: all, exec: all, execFile: all };
    expect([fromWorker, fromMain]).toEqual([wide, wide]);
    expect([ofWorker === all, ofMain === all, ofWorker === ofMain]).toEqual([false, false, false]);
  });

  test('a thread knows its place and how far the CPUs of the plan are', async () => {
    const [report] = await reportsOf<One>(BOTH, 'one.cjs');
    expect(report?.worker.placement).toMatchObject({ place: 0, cpus: [first], cpu: first });
    const { distances = {} } = report?.worker.placement ?? {};
    expect(Object.keys(distances).map(Number)).toEqual([...new Set([first, second])].sort((a, b) => a - b));
    expect(distances[first]).toBe(0);
    expect(report?.main.placement).toBeUndefined();
  });

  test('a worker with a name keeps it', async () => {
    const [report] = await reportsOf<One>(BOTH, 'one.cjs', ['{"name":"mine"}']);
    expect(report?.worker.name).not.toContain('sp-worker');
    expect(report?.worker.cpus).toBe(String(first));
  });

  test('each process follows the plan from its first place', async () => {
    const reports = await reportsOf<One>(BOTH, 'forks.cjs');
    expect(reports.map(({ worker }) => worker.cpus)).toEqual([String(first), String(first)]);
    expect(new Set(reports.map(({ pid }) => pid)).size).toBe(2);
  });

  test('workers find everything about their class as they know it', async () => {
    const [answers] = await reportsOf<Record<string, boolean>>(BOTH, 'class.mjs');
    expect(Object.entries(answers ?? {}).filter(([, holds]) => !holds)).toEqual([]);
    expect(Object.keys(answers ?? {}).length).toBeGreaterThan(5);
  });

  test('by groups, a worker may use its whole node', async () => {
    const [report] = await reportsOf<One>(['--per-node'], 'one.cjs');
    expect(report?.worker.placement).toMatchObject({ place: 0 });
  });
});

describe('a process with a mask of its own', () => {
  const within = async (cpu: number) =>
    runLauncher([...BOTH, '--', 'taskset', '-c', String(cpu), process.execPath, program('one.cjs')]);

  test('uses the places within it', async () => {
    const [report] = parseReports<One>(await within(second));
    expect(report?.worker).toMatchObject({ cpus: String(second), placement: { place: 1 } });
  });

  test('has no worker pinned where the plan has no place within it, and says so', async () => {
    const flags = [
      '--cpus',
      String(first),
      '--',
      'taskset',
      '-c',
      String(second),
      process.execPath,
      program('one.cjs'),
    ];
    const ended = await runLauncher(flags);
    expect(ended.stderr).toContain(
      `no worker is pinned: this process runs on CPU ${second}, where the plan has no place`,
    );
    expect(parseReports<One>(ended)[0]?.worker).toMatchObject({
      cpus: String(second),
      name: expect.not.stringContaining('sp-'),
    });
  });
});

test('a process that starts no worker is told nothing', async () => {
  const flags = ['--cpus', String(first), '--', 'taskset', '-c', String(second), process.execPath, '-e', '0'];
  expect(await runLauncher(flags)).toEqual({ code: 0, signal: null, stdout: '', stderr: '' });
});

describe('with --keep-main-free', () => {
  test('the main thread has a core, the workers have the rest, and others may use all', async () => {
    const [report] = await reportsOf<Piscina>(['--keep-main-free'], 'piscina.mjs');
    if (report === undefined) throw new Error('no report');
    const main = report.threads.find(({ tid }) => tid === report.main);
    const workers = report.threads.filter(({ name }) => name.startsWith('sp-worker-'));
    const others = report.threads.filter((thread) => thread !== main && !workers.includes(thread));
    expect(main?.cpus).not.toBe(all);
    expect(workers).toHaveLength(4);
    expect(workers.filter(({ cpus }) => cpus === main?.cpus)).toEqual([]);
    expect([...new Set(others.map(({ cpus }) => cpus))]).toEqual([all]);
  });
});

describe('without koffi', () => {
  test('workers are pinned by taskset', async () => {
    const ended = await runLauncher(
      [...BOTH, '--', process.execPath, program('piscina.mjs')],
      undefined,
      bare.launcher,
    );
    const [report] = parseReports<Piscina>(ended);
    expect(report?.selves.map(({ cpus }) => cpus).sort()).toEqual([first, first, second, second].map(String).sort());
    expect(ended.stderr).toBe('');
  });

  test('and without taskset they are not, which is said once', async () => {
    const env = { PATH: '/nowhere' };
    const ended = await runLauncher([...BOTH, '--', process.execPath, program('piscina.mjs')], env, bare.launcher);
    const [report] = parseReports<Piscina>(ended);
    expect(report?.selves.map(({ cpus, placement }) => [cpus, placement])).toEqual(Array(4).fill([all, undefined]));
    expect(ended.stderr.match(/not pinned/g)).toHaveLength(1);
    expect(ended.stderr).toContain('workers are not pinned: koffi is not installed, and taskset is not installed');
  });
});
