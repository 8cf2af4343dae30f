// The layers of the sources, from the top: what stands in one line may import, for values, only from the lines below it. Types may
// point back up. And the sizes that keep a file readable. The guards themselves are tested in packages/core.

import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { graphOf, layerFaults, linesOf, longFunctions } from '../../core/test/support/layers.ts';
import { readSources } from '../../core/test/support/source.ts';

const LAYERS = [
  'launch/main.ts launch/preload.ts piscina/index.ts',
  'piscina/run.ts',
  'piscina/task.ts',
  'piscina/cargo.ts piscina/movable.ts piscina/slip.ts piscina/wire.ts',
  'launch/births.ts launch/children.ts launch/machine.ts launch/plan-for.ts launch/report.ts launch/run.ts',
  'launch/site.ts launch/pinned-threads.ts launch/arguments.ts index.ts',
  'launch/briefing.ts launch/places.ts launch/preload-option.ts',
  'pin/pin.ts draw/index.ts',
  'pin/inherited.ts pin/placed.ts',
  'pin/affinity.ts',
  'pin/koffi.ts pin/taskset.ts pin/threads.ts',
  'pin/mask.ts placement/of-thread.ts',
  'draw/json.ts draw/svg.ts draw/terminal.ts placement/plan.ts topology/read.ts',
  'draw/parts.ts placement/options.ts placement/order.ts topology/distance.ts',
  'topology/cgroup.ts topology/cpus.ts topology/nodes.ts',
  'topology/groups.ts topology/sysfs.ts topology/topology.ts',
  'topology/cpulist.ts',
  'errors.ts',
];

const MOST_FILE_LINES = 350;
const MOST_FUNCTION_LINES = 70;

const sources = readSources(fileURLToPath(new URL('../src/', import.meta.url)));

test('the sources import values only from the layers below', () => {
  expect(layerFaults(graphOf(sources), LAYERS)).toEqual([]);
});

test('the sources import nothing of other packages but what those export', () => {
  const outside = [...sources].filter(([, text]) => /from '(?:@syncpool\/core\/|(?:\.\.\/)+core\/)/.test(text));
  expect(outside.map(([path]) => path)).toEqual([]);
});

test(`files have ${MOST_FILE_LINES} lines at most, functions ${MOST_FUNCTION_LINES}`, () => {
  const long = [...sources].filter(([, text]) => linesOf(text) > MOST_FILE_LINES).map(([path]) => path);
  expect([...long, ...[...sources].flatMap(([path, text]) => longFunctions(path, text, MOST_FUNCTION_LINES))]).toEqual(
    [],
  );
});
