// What the guard calls a loss, with made-up results; and that the page of benchmarks has them all.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

import { fileURLToPath } from 'node:url';
import { describe, test } from 'vitest';
import { check, recordOf } from '../lib/compare.js';

const SPEEDUP = 'a peer over ours';
const COST = 'ours over the floor';

/** A result with a ratio to be as large, one to be as small, and one figure in milliseconds. */
function resultOf({ speedup = 10, cost = 2, ms = 5, node = 'v20.20.2', cpu = 'made up', skipped } = {}) {
  return {
    name: 'b',
    date: '2026-01-01T00:00:00.000Z',
    machine: { cpu, cpus: 2, node, commit: 'abc' },
    verdicts: [
      { name: SPEEDUP, value: speedup, least: 8, holds: true },
      { name: COST, value: cost, most: 3, holds: true },
      { name: 'milliseconds', value: ms, most: 10, unit: 'ms', holds: true },
    ],
    ...(skipped && { skipped }),
  };
}

/** Checks a first result against what is recorded; further ones are what measuring again gives. */
async function checked(results, recorded = { b: recordOf(resultOf()) }) {
  const [first, ...again] = results;
  const said = [];
  let reruns = 0;
  const rerun = () => {
    reruns += 1;
    return again.shift() ?? first;
  };
  const losses = await check({ recorded, results: first ? { b: first } : {}, rerun, say: (text) => said.push(text) });
  return { losses, said: said.join('\n'), reruns };
}

describe('a loss', () => {
  for (const [what, loss] of [
    ['of a ratio that should be large', { speedup: 10 * 0.7 }],
    ['of a ratio that should be small', { cost: 2 * 1.3 }],
  ]) {
    test(`of 30 % ${what} fails, after it was measured twice more`, async () => {
      const { losses, reruns } = await checked([resultOf(loss)]);
      assert.equal(losses.length, 1);
      assert.equal(reruns, 2);
    });

    test(`${what} that does not repeat passes`, async () => {
      assert.deepEqual((await checked([resultOf(loss), resultOf()])).losses, []);
      const { losses, reruns } = await checked([resultOf(loss), resultOf(loss), resultOf()]);
      assert.deepEqual(losses, []);
      assert.equal(reruns, 2);
    });
  }

  test('of 20 % passes, and nothing is measured again', async () => {
    const { losses, reruns } = await checked([resultOf({ speedup: 10 * 0.8, cost: 2 * 1.2 })]);
    assert.deepEqual(losses, []);
    assert.equal(reruns, 0);
  });

  test('names the benchmark, the ratio, and both values', async () => {
    const { losses } = await checked([resultOf({ speedup: 6.5 })]);
    assert.deepEqual(losses, [`b: ${SPEEDUP}: 6.50, recorded 10.00`]);
  });

  test('of another ratio each time is none', async () => {
    const { losses } = await checked([resultOf({ speedup: 5 }), resultOf({ cost: 4 })]);
    assert.deepEqual(losses, []);
  });

  test('and a gain beside it: the gain hides nothing', async () => {
    assert.equal((await checked([resultOf({ speedup: 100, cost: 4 })])).losses.length, 1);
  });

  test('is no matter of absolute times', async () => {
    assert.deepEqual(await checked([resultOf({ ms: 5000 })]), { losses: [], said: '', reruns: 0 });
    assert.deepEqual(Object.keys(recordOf(resultOf()).ratios), [SPEEDUP, COST]);
  });

  test('from nothing to next to nothing is none, and from nothing past its target is one', async () => {
    const ofNothing = (value, most) => ({ ...resultOf(), verdicts: [{ name: 'garbage', value, most }] });
    for (const [value, most, count] of [
      [0.2, 3, 0],
      [0.4, 3, 1],
      [0, 0, 0],
      [1, 0, 1],
    ]) {
      const { losses } = await checked([ofNothing(value, most)], { b: recordOf(ofNothing(0, most)) });
      assert.equal(losses.length, count, `${value} of ${most}`);
    }
  });
});

describe('is said, and is no failure:', () => {
  const recorded = { b: recordOf(resultOf()) };

  test('a recorded benchmark that was not measured here', async () => {
    const { losses, said } = await checked([], recorded);
    assert.deepEqual(losses, []);
    assert.match(said, /^b: recorded, and not measured here$/);
  });

  test('a part that was skipped, with the reason', async () => {
    const result = resultOf({ skipped: ['no go on the PATH'] });
    result.verdicts.shift();
    const { losses, said } = await checked([result], recorded);
    assert.deepEqual(losses, []);
    assert.match(said, /a peer over ours: recorded, and not measured here \(no go on the PATH\)/);
  });

  test('what is new', async () => {
    assert.match((await checked([resultOf()], {})).said, /^b: not recorded yet$/);
    const absolute = { ...resultOf(), verdicts: [{ name: 'milliseconds', value: 1, most: 2, unit: 'ms' }] };
    assert.equal((await checked([absolute], {})).said, '');
    const result = resultOf();
    result.verdicts.push({ name: 'another', value: 1, most: 2 });
    assert.match((await checked([result], recorded)).said, /^b: another: not recorded yet$/);
  });

  test('another line of Node, whose ratios are others', async () => {
    const { losses, said } = await checked([resultOf({ node: 'v24.1.0', speedup: 1 })], recorded);
    assert.deepEqual(losses, []);
    assert.match(said, /measured on Node v24\.1\.0, recorded on v20\.20\.2: not compared/);
  });

  test('another machine, which is compared all the same', async () => {
    const { losses, said } = await checked([resultOf({ cpu: 'another', speedup: 1 })], recorded);
    assert.equal(losses.length, 1);
    assert.match(said, /recorded on another machine: made up, 2 CPUs/);
  });
});

describe('the command line', () => {
  const run = (...args) => {
    const script = fileURLToPath(new URL('../check.js', import.meta.url));
    return spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' });
  };

  test('refuses an option that it does not know, and says how it is used', () => {
    const { status, stderr } = run('--recrod');
    assert.equal(status, 2);
    assert.match(stderr, /--recrod[\s\S]*Usage: npm run bench:check/);
  });

  test('refuses a benchmark of which there is nothing', () => {
    const { status, stderr } = run('no-such-benchmark', '--record');
    assert.equal(status, 2);
    assert.match(stderr, /Neither recorded nor measured: no-such-benchmark/);
  });
});

test('docs/benchmarks.md says of every benchmark what it claims', () => {
  const read = (path) => readFileSync(new URL(path, import.meta.url), 'utf8');
  const [, list] = /const BENCHMARKS = \[([^\]]+)\]/.exec(read('../main.js'));
  const names = [...list.matchAll(/'([^']+)'/g)].map(([, name]) => name);
  assert.ok(names.length > 10);
  const page = read('../../docs/benchmarks.md');
  assert.deepEqual(
    names.filter((name) => !page.includes(`\n| \`${name}\` |`)),
    [],
  );
});
