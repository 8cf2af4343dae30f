// npm run bench [ARGS]: builds, then measures, in this process tree alone.

import { install, root, run, task } from './shared.mjs';

install();
task('build', [], { quiet: true });
run(process.execPath, [`${root}benchmarks/main.js`, ...process.argv.slice(2)]);
