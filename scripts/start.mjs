// npm start [DIR]: from a fresh clone to the example at work. Silent until the example speaks, unless something fails.

import { install, root, run, task } from './shared.mjs';

install();
task('build', [], { quiet: true });
// The example resolves DIR against the folder the user typed it in, which npm and pnpm pass on.
const env = { INIT_CWD: process.env.INIT_CWD ?? process.cwd() };
run(process.execPath, [`${root}examples/pack/main.js`, ...process.argv.slice(2)], { env });
