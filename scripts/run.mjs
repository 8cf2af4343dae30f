// node scripts/run.mjs TASK [ARGS]: installs, then runs a task of turbo.json, which builds first where it has to.

import { install, task } from './shared.mjs';

const [name, ...args] = process.argv.slice(2);
if (name === undefined) {
  console.error('Usage: node scripts/run.mjs TASK [ARGS], with a task of turbo.json');
  process.exit(2);
}
install();
task(name, args);
