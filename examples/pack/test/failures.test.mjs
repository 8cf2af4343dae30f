// What goes wrong: said clearly, with an exit code, and the rest still done.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { folderOf, noise, pack, SEED } from './support.js';

const SWAP = ['--import', new URL('./swap-hook.js', import.meta.url).href];

test('a folder that does not exist is named, with exit code 1', async (t) => {
  const missing = join(folderOf(t, {}), 'missing');
  const { code, stdout, stderr } = await pack([missing]);
  assert.deepEqual([code, stdout], [1, '']);
  assert.equal(stderr, `Cannot read ${missing}: ENOENT: no such file or directory\n`);
});

test('a file in place of the folder is refused', async (t) => {
  const file = join(folderOf(t, { file: 'x' }), 'file');
  const { code, stderr } = await pack([file]);
  assert.deepEqual([code, stderr], [1, `Cannot read ${file}: it is not a directory\n`]);
});

test('an empty folder is no failure, and is said to be empty', async (t) => {
  const folder = folderOf(t, {});
  const { code, stdout } = await pack([folder]);
  assert.deepEqual([code, stdout], [0, `${folder} has no files: nothing to do.\n`]);
  const { code: again, stdout: json } = await pack([folder, '--json']);
  const { files, bytes, equal, ratios } = JSON.parse(json);
  assert.deepEqual([again, files, bytes, equal], [0, 0, 0, true]);
  assert.deepEqual(ratios, { pooledToTransfer: 0, pooledToClone: 0 });
});

for (const [args, message] of [
  [['--nonsense'], /unknown option '--nonsense'/],
  [['--threads', '0'], /integer from 1 to 64/],
  [['--level', '10'], /integer from 0 to 9/],
  [['--rounds', 'many'], /integer from 1 to 1000/],
  [['--max-mb', '1.5'], /integer from 1 to 1024/],
  [['--batch-kb', ''], /integer from 1 to 65536/],
  [['--limit-mb', '-1'], /integer from 0/],
  [['--kernel', 'native'], /Allowed choices are wasm, atomics/],
  [['--max-mb', '1', '--threads', '5'], /16 blocks of 64 KiB, and 5 threads need four each/],
  [['one', 'two'], /too many arguments/],
]) {
  test(`refused: ${args.join(' ')}`, async () => {
    const { code, stdout, stderr } = await pack(args);
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(stderr, message);
  });
}

test('files that cannot be read any more are reported by name and reason, and the rest is done', async (t) => {
  t.diagnostic(`SEED=${SEED}`);
  const rest = { 'a.txt': 'first', 'below/m.bin': noise(200_000), 'z.txt': 'last' };
  const swapped = Object.fromEntries(
    ['vanishes', 'becomes-a-folder', 'becomes-a-fifo', 'becomes-a-link', 'shrinks'].map((name) => [
      `below/${name}`,
      noise(150_000),
    ]),
  );
  const folder = folderOf(t, { ...rest, ...swapped });
  const { code, stdout, stderr } = await pack([folder, '--json', '--rounds', '1'], { nodeArgs: SWAP });
  const { failures, files, bytes, equal } = JSON.parse(stdout);
  const reasons = Object.fromEntries(failures.map(({ name, reason }) => [name.replace('below/', ''), reason]));
  assert.equal(code, 1);
  assert.equal(failures.length, 5);
  assert.match(reasons.vanishes, /^ENOENT/);
  assert.match(reasons['becomes-a-folder'], /no regular file any more/);
  assert.match(reasons['becomes-a-fifo'], /no regular file any more/);
  assert.match(reasons['becomes-a-link'], /^ELOOP/);
  assert.match(reasons.shrinks, /shorter/);
  assert.deepEqual([files, bytes, equal], [3, 200_009, true]);
  for (const { name, reason } of failures) assert.ok(stderr.includes(`  ${name}: ${reason}`), stderr);
});

test('a file that vanishes between two timed runs is reported, and the others are still compared', async (t) => {
  const folder = folderOf(t, { 'late-vanishes': noise(100_000), stays: noise(100_000) });
  const { code, stdout } = await pack([folder, '--json', '--rounds', '2'], { nodeArgs: SWAP });
  const { failures, equal, files } = JSON.parse(stdout);
  assert.deepEqual([code, equal, files], [1, true, 2]);
  assert.deepEqual(
    failures.map(({ name, reason }) => [name, reason]),
    [['late-vanishes', 'ENOENT: no such file or directory']],
  );
});

test('outputs that differ between runs are told, by the name of the file', async (t) => {
  const folder = folderOf(t, { 'changes-contents': noise(100_000), stays: noise(100_000) });
  const { code, stdout } = await pack([folder, '--json', '--rounds', '1'], { nodeArgs: SWAP });
  const { equal, different } = JSON.parse(stdout);
  assert.deepEqual([code, equal, different], [1, false, ['changes-contents']]);
});

test('when every file is gone there is nothing to time, and that is all that is said to fail', async (t) => {
  const folder = folderOf(t, { vanishes: 'x' });
  const { code, stdout, stderr } = await pack([folder], { nodeArgs: SWAP });
  assert.equal(code, 1);
  assert.ok(stdout.includes('0 files'), stdout);
  assert.ok(stderr.includes('vanishes: ENOENT'), stderr);
});
