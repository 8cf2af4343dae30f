// The machine as the launcher shows it, and who is pinned on it.

import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { program, runLauncher, startLauncher, twoCpus } from '../support/launch.ts';

const [first, second] = twoCpus();
const folder = mkdtempSync(join(tmpdir(), 'syncpool-machine-'));

/** A program that has two workers, and prints its process id when they are there; it stays until it is ended. */
const STAYING = `
  const { once } = require('node:events');
  const { Worker } = require('node:worker_threads');
  const workers = [0, 1].map(() => new Worker(${JSON.stringify(program('idle.cjs'))}));
  Promise.all(workers.map((worker) => once(worker, 'message'))).then(() => console.log(process.pid));
`;
const { child, ended } = startLauncher(['--cpus', `${first},${second}`, '--', process.execPath, '-e', STAYING]);
let pid = 0;

beforeAll(async () => {
  pid = Number(String((await once(child.stdout, 'data'))[0]));
});

afterAll(async () => {
  child.kill('SIGTERM');
  await ended;
  rmSync(folder, { recursive: true });
});

interface Drawn {
  readonly cpus: readonly unknown[];
  readonly pinned: Readonly<Record<string, readonly string[]>>;
}

describe('syncpool-launch topology', () => {
  test('draws the machine, with the workers that a launcher has pinned', async () => {
    const { code, stdout, stderr } = await runLauncher(['topology']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/sp-worker-0 \(\d+\)/);
    expect(stdout).toMatch(/sp-worker-1 \(\d+\)/);
  });

  test('gives it as JSON, of one process if asked', async () => {
    const { stdout } = await runLauncher(['topology', '--json', '--pid', String(pid)]);
    const { cpus, pinned } = JSON.parse(stdout) as Drawn;
    expect(cpus.length).toBeGreaterThanOrEqual(2);
    expect(Object.keys(pinned).map(Number).sort()).toEqual([first, second].sort());
    expect(pinned[first]).toEqual([expect.stringMatching(/^sp-worker-0 \(\d+\)$/)]);
    expect(pinned[second]).toEqual([expect.stringMatching(/^sp-worker-1 \(\d+\)$/)]);
  });

  test('writes it as SVG', async () => {
    const file = join(folder, 'machine.svg');
    expect(await runLauncher(['topology', '--svg', file, '--pid', String(pid)])).toMatchObject({ code: 0, stdout: '' });
    expect(readFileSync(file, 'utf8')).toMatch(/^<svg[\s\S]*sp-worker-0[\s\S]*<\/svg>\s*$/);
  });

  test.each([
    [125, ['--svg', join(folder, 'none', 'machine.svg')], /no such file or directory/],
    [125, ['--pid', String(2 ** 30)], /procfs shows no process 1073741824/],
    [2, ['--json', '--svg', 'a.svg'], /contradict/],
  ])('ends with %d for %j, saying why', async (code, args, message) => {
    const ended = await runLauncher(['topology', ...args]);
    expect(ended).toMatchObject({ code, stdout: '' });
    expect(ended.stderr).toMatch(message);
    expect(existsSync('a.svg')).toBe(false);
  });
});
