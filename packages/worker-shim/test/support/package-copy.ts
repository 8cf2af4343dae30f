// A copy of the built package that does not find koffi, as where nobody has installed it. Where it looks depends on more than
// its folder (NODE_PATH), so the copy looks for another name.

import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const source = fileURLToPath(new URL('../..', import.meta.url));

export interface PackageCopy {
  /** To import it by. */
  readonly url: string;
  /** Path of its launcher. */
  readonly launcher: string;
  remove(): void;
}

export function copyWithoutKoffi(): PackageCopy {
  const root = mkdtempSync(join(tmpdir(), 'syncpool-no-koffi-'));
  const dist = join(root, 'dist');
  cpSync(join(source, 'dist'), dist, { recursive: true });
  cpSync(join(source, 'package.json'), join(root, 'package.json'));
  symlinkSync(join(source, 'node_modules'), join(root, 'node_modules'));
  let changed = 0;
  for (const name of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
    if (!/\.c?js$/.test(name)) continue;
    const file = join(dist, name);
    const text = readFileSync(file, 'utf8');
    const without = text.replaceAll('"koffi"', '"koffi-that-nobody-has"');
    if (without !== text) changed += 1;
    writeFileSync(file, without);
  }
  // The library and the preload.
  if (changed !== 2) throw new Error(`koffi was looked for in ${changed} files of the build, not in two`);
  return {
    url: pathToFileURL(join(dist, 'index.js')).href,
    launcher: join(dist, 'launch', 'main.cjs'),
    remove: () => rmSync(root, { recursive: true }),
  };
}
