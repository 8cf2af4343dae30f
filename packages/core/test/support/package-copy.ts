// Copies of the built package that live beside the original in one process, as when two dependencies bring their own.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export type Package = typeof import('@syncpool/core');

/** A change of the copy's text: what to look for, and what stands there afterwards. */
export type Patch = readonly [from: string, to: string];

const root = mkdtempSync(join(tmpdir(), 'syncpool-copies-'));
process.on('exit', () => rmSync(root, { recursive: true, force: true }));
let copies = 0;

function patched(text: string, [from, to]: Patch): string {
  // A patch that no longer applies must not pass for one that changed nothing.
  if (text.split(from).length !== 2) throw new Error(`the built package has not exactly one ${from}`);
  return text.replace(from, () => to);
}

/** Puts a koffi with this source where a module in `folder` finds it before any other. */
export function placeKoffi(folder: string, source: string): void {
  mkdirSync(join(folder, 'node_modules', 'koffi'), { recursive: true });
  writeFileSync(join(folder, 'node_modules', 'koffi', 'index.js'), source);
}

/** Loads a copy of the built package after `change` has had its text; beside a koffi with this source, if one is given. */
export async function importChanged(change: (text: string) => string, koffi?: string): Promise<Package> {
  const source = readFileSync(fileURLToPath(import.meta.resolve('@syncpool/core')), 'utf8');
  copies += 1;
  // The folder's name makes vitest leave the loading to Node, as it does for the original (vitest.config.ts).
  const folder = join(root, String(copies), 'packages', 'core', 'dist');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'index.mjs');
  writeFileSync(file, change(source));
  if (koffi !== undefined) placeKoffi(folder, koffi);
  return import(pathToFileURL(file).href);
}

/** Loads a copy of the built package, patched as told: other module objects, and code that V8 has never seen. */
export function importCopy(...patches: Patch[]): Promise<Package> {
  return importChanged((text) => patches.reduce(patched, text));
}

/** A copy that finds no other copy's runtimes: given a token it takes a row of its own, like another thread. */
export function importStranger(): Promise<Package> {
  return importCopy(['Symbol.for("@syncpool/core")', `Symbol.for("@syncpool/core, stranger ${copies}")`]);
}
