// Every kind of worker that a program can start is pinned to its place, and sees nothing of how that came about.

import { beforeAll, describe, expect, test } from 'vitest';
import { reportsOf, twoCpus } from '../support/launch.ts';

interface Self {
  readonly cpus: string;
  readonly name: string;
  readonly placement: { readonly place: number; readonly cpu: number } | undefined;
  readonly execArgv: readonly string[];
  readonly nodeOptions: string | undefined;
  readonly hasLoadedKoffi: boolean;
}

type Report = { readonly kind: string } & (Self | { readonly own: Self; readonly child: Self });

const KINDS = [
  'plain',
  'its own env',
  'a copy of the env',
  'an env with other options',
  'the shared env',
  'empty execArgv',
  'its own env and empty execArgv',
  'eval',
  'eval and its own env',
  'eval of a module and its own env',
  'a data: URL',
  'a data: URL and its own env',
];

const NESTED = [
  'worker of a worker',
  'worker with its own env of a worker with its own env',
  'plain worker of a worker with its own env',
  'worker with empty execArgv of one with its own env and empty execArgv',
];

const [first, second] = twoCpus();
const launched = new Map<string, Report>();
let preload = '';

function selfOf(kind: string): Self {
  const report = launched.get(kind);
  if (report === undefined || 'own' in report) throw new Error(`no worker said that it is ${kind}`);
  return report;
}

function pairOf(kind: string): { own: Self; child: Self } {
  const report = launched.get(kind);
  if (report === undefined || !('own' in report)) throw new Error(`no pair of workers said that it is ${kind}`);
  return report;
}

beforeAll(async () => {
  for (const report of await reportsOf<Report>(['--cpus', `${first},${second}`], 'kinds.mjs')) {
    launched.set(report.kind, report);
  }
  preload = selfOf('plain').nodeOptions ?? '';
});

describe('below the launcher', () => {
  test.each(KINDS)('a worker is pinned to the first place: %s', (kind) => {
    const { cpus, name, placement } = selfOf(kind);
    expect({ kind, cpus, name }).toEqual({ kind, cpus: String(first), name: 'sp-worker-0' });
    expect(placement).toMatchObject({ place: 0, cpu: first });
  });

  test.each(NESTED)('both workers are pinned, to the first and to the second place: %s', (kind) => {
    const { own, child } = pairOf(kind);
    expect([own.cpus, child.cpus]).toEqual([String(first), String(second)]);
    expect([own.name, child.name]).toEqual(['sp-worker-0', 'sp-worker-1']);
    expect(child.placement).toMatchObject({ place: 1, cpu: second });
  });

  test('a worker was pinned from outside: it has not loaded koffi', () => {
    expect(KINDS.filter((kind) => selfOf(kind).hasLoadedKoffi)).toEqual([]);
  });

  test('a worker sees its own options, and none of ours', () => {
    expect(selfOf('its own env').nodeOptions).toBeUndefined();
    expect(selfOf('an env with other options').nodeOptions).toBe('--no-warnings');
    expect(selfOf('its own env and empty execArgv').execArgv).toEqual([]);
    const { own, child } = pairOf('worker with empty execArgv of one with its own env and empty execArgv');
    expect([own.execArgv, child.execArgv]).toEqual([[], []]);
    expect([own.nodeOptions, child.nodeOptions]).toEqual([undefined, undefined]);
  });

  test('a copy of the environment is a copy', () => {
    expect(preload).toContain('--require');
    expect(selfOf('a copy of the env').nodeOptions).toBe(preload);
  });
});
