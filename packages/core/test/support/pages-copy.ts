// Copies of the module that gives pages back, each loaded anew: what it finds out about its thread, it keeps.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { placeKoffi } from './package-copy.ts';

type Pages = typeof import('../../src/host/pages.ts');

const source = fileURLToPath(new URL('../../src/host/pages.ts', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'syncpool-pages-'));
process.on('exit', () => rmSync(root, { recursive: true, force: true }));
let copies = 0;

/** Puts a copy into a folder that has no koffi, or one with this source. Its URL. */
export async function copyPages(koffi?: string): Promise<string> {
  copies += 1;
  // The folder's name makes vitest leave the loading to Node, as it does for the package (vitest.config.ts).
  const folder = join(root, String(copies), 'packages', 'core', 'dist');
  const outfile = join(folder, 'pages.mjs');
  await build({ entryPoints: [source], outfile, format: 'esm', platform: 'node', target: 'node20' });
  if (koffi !== undefined) placeKoffi(folder, koffi);
  return pathToFileURL(outfile).href;
}

/** Loads a copy beside a koffi with this source. */
export async function importPages(koffi: string): Promise<Pages> {
  return import(await copyPages(koffi));
}
