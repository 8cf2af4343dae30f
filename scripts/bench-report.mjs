// npm run bench:report [-- --from FOLDER] [-- --out FILE] [-- --readme]: one page of what the benchmarks have measured. It measures nothing itself.

import { install, root, run } from './shared.mjs';

install();
run(process.execPath, [`${root}benchmarks/report/main.js`, ...process.argv.slice(2)]);
