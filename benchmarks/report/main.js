// npm run bench:report [-- --from FOLDER] [-- --out FILE] [-- --readme]: makes one page of the results, and with --readme the README's chart.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { pageOf } from './page.js';
import { ResultsError, readResult, readResults } from './read.js';
import { readmeChart } from './readme-chart.js';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

function write(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  console.log(path);
}

try {
  const { values } = parseArgs({
    options: { from: { type: 'string' }, out: { type: 'string' }, readme: { type: 'boolean' } },
  });
  const from = resolve(values.from ?? here('../results'));
  write(resolve(values.out ?? `${from}/report.html`), pageOf(readResults(from)));
  if (values.readme) write(here('../../docs/images/get-put.svg'), readmeChart(readResult(`${from}/peers.json`)));
} catch (error) {
  // What is wrong with files or arguments is for the user; all else is a fault of this program.
  if (!(error instanceof ResultsError) && !error.code?.startsWith('ERR_PARSE_ARGS')) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
