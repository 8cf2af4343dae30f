// The example from end to end, on trees that the tests make.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { basename, dirname } from 'node:path';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { folderOf, noise, pack, SEED } from './support.js';

const PIECE = 65536;

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('base64');

/** What the example says of all outputs, computed one after the other in this thread, without any of its code. */
function expectedOf(files, level) {
  const records = [];
  let deflatedBytes = 0;
  for (const name of Object.keys(files).sort()) {
    const contents = Buffer.from(files[name]);
    for (let at = 0; at === 0 || at < contents.length; at += PIECE) {
      const piece = contents.subarray(at, at + PIECE);
      const deflated = deflateSync(piece, { level });
      deflatedBytes += deflated.length;
      records.push(`${sha256(piece)} ${deflated.length} ${sha256(deflated)}`);
    }
  }
  const digest = createHash('sha256').update(records.join('\n')).digest('hex');
  return { pieces: records.length, deflatedBytes, digest };
}

function treeOfAllKinds() {
  return {
    'small.txt': 'some text\n',
    empty: '',
    'one piece.bin': noise(PIECE),
    'one piece and a byte.bin': noise(PIECE + 1),
    'many pieces.bin': noise(1_000_003),
    'compressible.txt': 'again and again '.repeat(50_000),
    'naïve 名前 😀.txt': 'unicode in the name',
    'below/a folder/ with spaces ': 'spaces in the name',
    'below/.hidden': Buffer.from([0, 255, 128, 10]),
  };
}

function bytesOf(files) {
  return Object.values(files).reduce((sum, contents) => sum + Buffer.byteLength(contents), 0);
}

test('every file is packed, and all outputs are what one thread makes of the same contents', async (t) => {
  t.diagnostic(`SEED=${SEED}`);
  const files = treeOfAllKinds();
  const { code, stdout } = await pack([folderOf(t, files), '--json', '--rounds', '2']);
  const figures = JSON.parse(stdout);
  const { pieces, deflatedBytes, digest } = expectedOf(files, 1);
  assert.equal(code, 0);
  assert.equal(figures.files, Object.keys(files).length);
  assert.equal(figures.bytes, bytesOf(files));
  assert.equal(figures.pieces, pieces);
  assert.equal(figures.deflatedBytes, deflatedBytes);
  assert.equal(figures.digest, digest);
  assert.equal(figures.equal, true);
  assert.deepEqual(figures.failures, []);
});

test('level, kernel, threads and rounds are those asked for', async (t) => {
  const files = treeOfAllKinds();
  const asked = ['--level', '6', '--kernel', 'atomics', '--threads', '3', '--rounds', '4'];
  const { stdout } = await pack([folderOf(t, files), '--json', ...asked]);
  const { settings, variants, digest, pools } = JSON.parse(stdout);
  assert.deepEqual([settings.level, settings.kernel, settings.threads, settings.rounds], [6, 'atomics', 3, 4]);
  assert.equal(digest, expectedOf(files, 6).digest);
  for (const { runs, seconds, cpuSeconds, megabytesPerSecond } of Object.values(variants)) {
    assert.equal(runs.length, 4);
    assert.ok(seconds > 0 && cpuSeconds > 0 && megabytesPerSecond > 0);
  }
  assert.ok(pools.outputs.processors.length <= 4, 'the main thread and three workers');
});

test('with 64 blocks at most one get in twenty is fresh, and the main thread steals what workers put', async (t) => {
  const files = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`${i}.bin`, noise(1 + i * 20, SEED + i)]));
  const { stdout } = await pack([folderOf(t, files), '--json', '--rounds', '4', '--max-mb', '4', '--threads', '2']);
  const { settings, pools, pieces } = JSON.parse(stdout);
  assert.equal(settings.blocks, 64);
  for (const pool of Object.values(pools)) {
    assert.equal(pool.gets, pieces * 5, 'four rounds and the untimed one');
    assert.ok(pool.freshBlocks > 0 && pool.freshBlocks <= 64);
    assert.ok(pool.freshShare <= 0.05, `${pool.freshShare} of gets were fresh`);
    const { magazine, deque, steal, slab, fresh } = pool.hits;
    assert.equal(magazine + deque + steal + slab + fresh, pool.gets);
    assert.ok(steal > 0);
  }
  const isMain = ({ thread }) => thread === 0;
  const main = pools.inputs.processors.find(isMain);
  const workers = pools.inputs.processors.filter((one) => !isMain(one));
  assert.ok(workers.reduce((sum, { adopts }) => sum + adopts, 0) === pools.inputs.gets, 'workers adopt every input');
  assert.ok(workers.some(({ processor }) => main.stolenFrom[processor] > 0));
});

test('only the smallest files up to the limit are read, the last one cut off there', async (t) => {
  const folder = folderOf(t, { small: noise(600_000), large: noise(900_000), 'too large': noise(900_001) });
  const { stdout } = await pack([folder, '--json', '--rounds', '1', '--limit-mb', '1']);
  const { files, bytes, found } = JSON.parse(stdout);
  assert.deepEqual([files, bytes], [2, 1_048_576]);
  assert.deepEqual(found, { files: 3, bytes: 2_400_001, links: 0 });
});

test('symbolic links are counted, not followed: neither out of the folder nor round in circles', async (t) => {
  const outside = folderOf(t, { secret: 'not to be read' });
  const links = { circle: '.', 'to a file': `${outside}/secret`, 'to a folder': outside, broken: 'nowhere' };
  const { code, stdout } = await pack([folderOf(t, { one: '1' }, links), '--json', '--rounds', '1']);
  const { files, found } = JSON.parse(stdout);
  assert.deepEqual([code, files, found.files, found.links], [0, 1, 1, 4]);
});

test('DIR is found from the folder where npm was started', async (t) => {
  const folder = folderOf(t, { one: '1' });
  const { code, stdout } = await pack([basename(folder), '--rounds', '1', '--json'], {
    cwd: '/',
    env: { INIT_CWD: dirname(folder) },
  });
  assert.equal(code, 0);
  assert.equal(JSON.parse(stdout).settings.directory, folder);
});

test('people get tables on stdout, and without a terminal a line per round on stderr', async (t) => {
  const { code, stdout, stderr } = await pack([folderOf(t, treeOfAllKinds()), '--rounds', '2']);
  assert.equal(code, 0);
  for (const wanted of [
    'pooled buffers',
    'transfer lists',
    'structured clones',
    'magazine',
    'worker 1',
    'were the same',
  ]) {
    assert.ok(stdout.includes(wanted), `no "${wanted}" in:\n${stdout}`);
  }
  assert.match(stderr, /^round 1 of 2: pooled .*\nround 2 of 2: .*\n$/);
});
