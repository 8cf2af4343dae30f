// npm run test:mutants: seeds faults into the kernel's source, one at a time, and prints how many the explorer kills.

import { install, pnpm } from './shared.mjs';

install();
pnpm(['--filter', '@syncpool/core', 'run', 'test:mutants', ...process.argv.slice(2)]);
