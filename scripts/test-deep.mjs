// npm run test:deep: the long tests on the Node that runs this, then the ordinary tests of all packages and the long storm of kills on
// the other supported lines of Node.
// NODES=22,24 chooses the lines, NODES= none. The newest release of each is what is wanted, so these are not in the lockfile.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fetchNode, hasNodeBuilds, install, NODE_BUILDS, root, run, task } from './shared.mjs';

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
if (lines.length > 0 && !hasNodeBuilds) {
  console.error(`Not run on Node ${lines.join(', ')}: ${NODE_BUILDS} is for Linux on x64.`);
} else {
  task('build'); // also of the packages without long tests
  for (const node of lines.map(fetchNode)) if (node !== undefined) testOn(node);
}
