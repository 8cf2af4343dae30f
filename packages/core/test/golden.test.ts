// The golden files say what the kernel's wasm and control memory's layout are. A change of either is
// fine if it is meant: then update them, and bump LAYOUT_VERSION if attached copies of the package could disagree.

import { beforeAll, describe, expect, test } from 'vitest';
import { currentGoldens, readGolden, updateCommand } from '../build/golden.mjs';
import { lineDiff } from './support/line-diff.ts';

let current: Awaited<ReturnType<typeof currentGoldens>>;

beforeAll(async () => {
  current = await currentGoldens();
});

function differenceFrom(name: keyof typeof current): string {
  const diff = lineDiff(readGolden(name), current[name]);
  return diff === ''
    ? ''
    : `test/golden/${name} is not what the sources give:\n${diff}\nIf it is meant: ${updateCommand}`;
}

describe('the golden files', () => {
  test('the WebAssembly text of the steps is as it was', () => {
    const difference = differenceFrom('kernel.wat');
    if (difference !== '') expect.fail(difference);
  });

  test('the layout of control memory is as it was', () => {
    const difference = differenceFrom('layout.txt');
    if (difference !== '') expect.fail(difference);
  });

  test('the layout dump names words, widths, tags and regions', () => {
    for (const line of ['H_FRONTIER 192', 'HEAD_SHIFT 16', 'DETACHED 3', 'SLAB_PURGING 2', 'pools 256 .. 20736']) {
      expect(current['layout.txt'].split('\n')).toContain(line);
    }
  });
});
