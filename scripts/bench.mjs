// npm run bench [-- NAME ...] [--node LINE] [--seed N]: builds, then measures, in this process tree alone; with `--node 24` on the newest
// Node of that line, from the npm registry. npm run bench:check is the same with --check: it compares what was measured with what is recorded.

import { fetchNode, hasNodeBuilds, install, NODE_BUILDS, root, run, task } from './shared.mjs';

const args = process.argv.slice(2);
const at = args.indexOf('--node');
const [, line] = at < 0 ? [] : args.splice(at, 2);
if (at >= 0 && !/^\d+$/.test(line ?? '')) {
  console.error(`--node ${line ?? ''}: it takes a line of Node, as 24`);
  process.exit(1);
}

if (line !== undefined && !hasNodeBuilds) {
  console.error(`--node ${line}: ${NODE_BUILDS} is for Linux on x64`);
  process.exit(1);
}

/** Whether what follows is for check.js. */
const checks = args[0] === '--check';
if (checks) args.shift();

install();
task('build', [], { quiet: true });
const node = line === undefined ? process.execPath : fetchNode(line);
if (node === undefined) process.exit(1);
run(node, [`${root}benchmarks/${checks ? 'check.js' : 'main.js'}`, ...args]);
