// Copies of the built package that find no other copy's runtimes: given a token each takes a row of its own, as a thread would that
// has nothing to do. A hundred of them cost a hundred times less than a hundred threads.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const SYMBOL = 'Symbol.for("@syncpool/core")';

export async function importStrangers(count) {
  const source = readFileSync(fileURLToPath(import.meta.resolve('@syncpool/core')), 'utf8');
  if (source.split(SYMBOL).length !== 2) throw new Error(`the built package has not exactly one ${SYMBOL}`);
  const folder = mkdtempSync(join(tmpdir(), 'syncpool-strangers-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const strangers = [];
  for (let i = 0; i < count; i++) {
    const file = join(folder, `${i}.mjs`);
    writeFileSync(
      file,
      source.replace(SYMBOL, () => `Symbol.for("stranger ${i}")`),
    );
    strangers.push(await import(pathToFileURL(file)));
  }
  return strangers;
}
