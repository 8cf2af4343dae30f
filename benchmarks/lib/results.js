// Where results are: results/NAME.json, one for each benchmark that was run here.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';

const folder = new URL('../results/', import.meta.url);

export function writeResult(result) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL(`${result.name}.json`, folder), `${JSON.stringify(result, null, 2)}\n`);
}

/** By name, the newest result of each benchmark. */
export function readResults() {
  mkdirSync(folder, { recursive: true });
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  const results = files.map((file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')));
  return Object.fromEntries(results.map((result) => [result.name, result]));
}
