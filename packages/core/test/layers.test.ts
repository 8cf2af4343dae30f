// The layers of the sources, from the top: what stands in one line may import, for values, only from
// the lines below it. Types may point back up: a magazine knows its pool's type. So value imports have no cycle.
// And the sizes that keep a layer readable.

import { describe, expect, test } from 'vitest';
import { type Graph, graphOf, layerFaults, linesOf, longFunctions } from './support/layers.ts';
import { readSources } from './support/source.ts';

const PACKAGE = [
  'variants/index.ts',
  'variants/bounded.ts variants/sharded.ts variants/freelist.ts',
  'variants/pool.ts',
  'variants/options.ts variants/view.ts',
  'variants/memory.ts',
  'variants/refusals.ts variants/locked-list.ts variants/tagged-list.ts',
  'variants/mutex.ts',
  'variants/words.ts variants/outcome.ts',
  'index.ts',
  'byte-buffer.ts runtime.ts',
  'byte-buffer-numbers.ts',
  'byte-buffer-blocks.ts byte-buffer-streams.ts memory-pressure.ts adaptive-pool.ts',
  'attach.ts audit.ts pool.ts host/registry.ts',
  'object-pool.ts estimate.ts',
  'object-pool-cell.ts object-pool-watch.ts object-pool-options.ts estimate-options.ts estimate-sizes.ts',
  'estimate-traffic.ts',
  'pool-core.ts typed-pool.ts catalog.ts handover.ts waiters.ts finish.ts token.ts',
  'refusals.ts',
  'stats.ts',
  'counts.ts',
  'drain.ts',
  'keeper.ts sweep.ts',
  'lease-hooks.ts',
  'supply.ts inspector.ts mending.ts placing.ts',
  'magazine.ts pressure.ts processor.ts retention.ts purge.ts',
  'recovery.ts view-cache.ts drops.ts census.ts calibration.ts',
  'reports.ts scope.ts typed-array.ts wiping.ts neighbours.ts',
  'buffer.ts traces.ts pool-words.ts clock.ts counters.ts lengths.ts handle.ts heap.ts',
  'host/backend.ts host/deaths.ts host/geometry.ts host/epochs.ts host/pages.ts host/memory-limit.ts host/placement.ts',
  'host/identity.ts host/listeners.ts host/cgroup.ts slab-demand.ts',
  'pool-options.ts runtime-options.ts',
  'host/wasm.ts options.ts',
  'errors.ts',
];

const KERNEL = [
  'kernel/index.ts',
  'kernel/drivers.ts',
  'kernel/acquire.ts kernel/close.ts kernel/recover.ts kernel/idle.ts kernel/balance.ts',
  'kernel/reclaim.ts kernel/mend.ts',
  'kernel/trim.ts',
  'kernel/fresh.ts kernel/take.ts kernel/steal.ts kernel/release.ts',
  'kernel/hints.ts kernel/near.ts kernel/steps.ts kernel/look.ts',
  'kernel/purge.ts kernel/accounts.ts',
  'kernel/keeper.ts',
  'kernel/deque.ts kernel/slab.ts kernel/row.ts kernel/entry.ts kernel/gate.ts kernel/calibration.ts kernel/place.ts',
  'kernel/staging.ts kernel/wait.ts kernel/epoch.ts kernel/activity.ts',
  'kernel/line.ts',
  'kernel/layout.ts',
  'kernel/word.ts kernel/outcome.ts kernel/widths.ts',
];

/** Kernel files with constants and packers, which the host reads directly; all else comes bound, through the backend. */
const HOST_FACING = 'layout line deque slab row entry gate calibration outcome widths'
  .split(' ')
  .map((name) => `kernel/${name}.ts`);

const MOST_FILE_LINES = 350;
const MOST_FUNCTION_LINES = 70;
const MOST_KERNEL_FUNCTION_LINES = 45;

/** Imports of what is not for the importer: the kernel's inside, and the build's output. */
function trespasses(graph: Graph): string[] {
  const edges = [...graph].flatMap(([path, targets]) => targets.map((target) => [path, target] as const));
  return edges
    .filter(([path, target]) => {
      if (target.startsWith('generated/')) return path !== 'host/backend.ts';
      return target.startsWith('kernel/') && !path.startsWith('kernel/') && !HOST_FACING.includes(target);
    })
    .map(([path, target]) => `${path} -> ${target}`);
}

const sources = readSources();
const code = new Map([...sources].filter(([path]) => !path.endsWith('.d.ts')));
const graph = graphOf(code);

function part(isKernel: boolean): Graph {
  return new Map([...graph].filter(([path]) => path.startsWith('kernel/') === isKernel));
}

describe('the sources', () => {
  test('import values only from the layers below', () => {
    expect(layerFaults(part(false), PACKAGE)).toEqual([]);
  });

  test('of the kernel import values only from the layers below', () => {
    expect(layerFaults(part(true), KERNEL)).toEqual([]);
  });

  test('reach the kernel through its constants, its packers and the backend', () => {
    expect(trespasses(graph)).toEqual([]);
  });

  test(`have ${MOST_FILE_LINES} lines at most`, () => {
    const long = [...sources].filter(([, text]) => linesOf(text) > MOST_FILE_LINES);
    expect(long.map(([path, text]) => `${path} has ${linesOf(text)} lines, the limit is ${MOST_FILE_LINES}`)).toEqual(
      [],
    );
  });

  test(`have functions of ${MOST_FUNCTION_LINES} lines at most, ${MOST_KERNEL_FUNCTION_LINES} in the kernel`, () => {
    const long = [...code].flatMap(([path, text]) =>
      longFunctions(path, text, path.startsWith('kernel/') ? MOST_KERNEL_FUNCTION_LINES : MOST_FUNCTION_LINES),
    );
    expect(long).toEqual([]);
  });
});

describe('the guard of the layers', () => {
  const layers = ['a.ts', 'b.ts c.ts', 'd.ts'];
  const faultsOf = (files: Record<string, string>) =>
    layerFaults(graphOf(new Map(Object.entries({ 'a.ts': '', 'b.ts': '', 'c.ts': '', 'd.ts': '', ...files }))), layers);

  test('lets values come from below, past layers too, and types from anywhere', () => {
    const files = {
      'a.ts': "import { b } from './b.ts';\nimport { d } from './d.ts';\nb(d);",
      'd.ts':
        "import type { A } from './a.ts';\nimport { type B, type C } from './b.ts';\nexport const d: A | B | C = 1;",
    };
    expect(faultsOf(files)).toEqual([]);
  });

  test('names an edge that points up, also one of a re-export', () => {
    expect(faultsOf({ 'd.ts': "import { a } from './a.ts';\na();" })).toEqual(['d.ts -> a.ts']);
    expect(faultsOf({ 'd.ts': "export { a } from './a.ts';" })).toEqual(['d.ts -> a.ts']);
    expect(faultsOf({ 'd.ts': "export * from './a.ts';" })).toEqual(['d.ts -> a.ts']);
    expect(faultsOf({ 'd.ts': "import { type A, a } from './a.ts';\na();" })).toEqual(['d.ts -> a.ts']);
    expect(faultsOf({ 'd.ts': "const a = await import('./a.ts');" })).toEqual(['d.ts -> a.ts']);
  });

  test('names an edge between neighbours, and of a file to itself', () => {
    expect(faultsOf({ 'b.ts': "import { c } from './c.ts';\nc();" })).toEqual(['b.ts -> c.ts']);
    expect(faultsOf({ 'b.ts': "import './b.ts';" })).toEqual(['b.ts -> b.ts']);
  });

  test('names a file that stands in no layer, and a layer without its file', () => {
    expect(faultsOf({ 'e.ts': '' })).toEqual(['e.ts is in no layer']);
    expect(layerFaults(new Map([['a.ts', []]]), layers)).toContain('b.ts is in a layer, and no file');
  });

  test('names imports of the inside of the kernel and of the output of the build', () => {
    const files = {
      'pool.ts': "import { take } from './kernel/take.ts';\nimport { DONE } from './kernel/outcome.ts';\ntake(DONE);",
      'host/backend.ts': "import { bind } from '../generated/bind-wasm.js';\nbind();",
      'host/geometry.ts': "import { bind } from '../generated/bind-wasm.js';\nbind();",
    };
    expect(trespasses(graphOf(new Map(Object.entries(files))))).toEqual([
      'pool.ts -> kernel/take.ts',
      'host/geometry.ts -> generated/bind-wasm.js',
    ]);
  });
});

describe('the guard of the sizes', () => {
  const lines = (count: number) => Array.from({ length: count }, (_, i) => `    f(${i});\n`).join('');

  test('counts the lines of a function as they are in the source, comments and types too', () => {
    const text = `interface A {\n  b: number;\n}\n\n/** Doc. */\nexport function f(a: A): void {\n  // why\n\n${lines(3)}}\n`;
    expect(longFunctions('a.ts', text, 6)).toEqual(['a.ts:6 has 7 lines, the limit is 6']);
    expect(longFunctions('a.ts', text, 7)).toEqual([]);
  });

  test('counts methods, private ones, accessors and arrows', () => {
    const body = `{\n${lines(3)}  }`;
    const text = `class A {\n  one() ${body}\n  #two() ${body}\n  get three() ${body}\n}\nconst four = () => ${body};\n`;
    expect(longFunctions('a.ts', text, 4)).toHaveLength(4);
    expect(longFunctions('a.ts', text, 5)).toEqual([]);
  });

  test('counts the lines of a file without its last line break', () => {
    expect(linesOf('a\nb\n')).toBe(2);
  });
});
