// File trees in temporary folders that stand for the root, gone when the process ends.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readTopology, type Topology } from '../../dist/index.js';
import { MACHINE_NAMES, MACHINES, type MachineName } from '../fixtures/machines.ts';
import { type Files, filesOf } from './machine.ts';

const parent = mkdtempSync(join(tmpdir(), 'syncpool-shim-'));
process.on('exit', () => rmSync(parent, { recursive: true, force: true }));
let count = 0;

/** A root with these files and nothing else. */
export function rootWith(files: Files): string {
  count += 1;
  const root = join(parent, String(count));
  mkdirSync(root);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

/** Trees that build/record.mjs has recorded on real machines, by the name of the file under test/fixtures. */
const RECORDED = ['recorded-epyc-vm'] as const;

export type FixtureName = MachineName | (typeof RECORDED)[number];

export const FIXTURES: readonly FixtureName[] = [...MACHINE_NAMES, ...RECORDED];

function makeFiles(name: FixtureName): Files {
  if (name in MACHINES) return filesOf(MACHINES[name as MachineName]);
  return JSON.parse(readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), 'utf8'));
}

const trees = new Map<FixtureName, Readonly<Files>>();

/** The files of a fixture. */
export function filesOfFixture(name: FixtureName): Readonly<Files> {
  const files = trees.get(name) ?? makeFiles(name);
  trees.set(name, files);
  return files;
}

const roots = new Map<FixtureName, string>();
const topologies = new Map<FixtureName, Topology>();

/** A root with the files of a fixture, made once. */
export function rootOf(name: FixtureName): string {
  const root = roots.get(name) ?? rootWith(filesOfFixture(name));
  roots.set(name, root);
  return root;
}

/** The topology of a fixture, read once. */
export function topologyOf(name: FixtureName): Topology {
  const topology = topologies.get(name) ?? readTopology({ root: rootOf(name) });
  topologies.set(name, topology);
  return topology;
}
