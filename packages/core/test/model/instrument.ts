// The third binding of the kernel: its shipped sources, turned into generators that stop at every
// shared operation, at every back-edge of a loop, and around every step. What runs is the source that
// is compiled for users, bundled by esbuild with two files exchanged: word.ts (memory.ts here) and
// widths.ts (narrow ones, so that indexes wrap within a few steps).

import { type CallExpression, type FunctionDeclaration, type Node, parse, type Program } from 'acorn';
import { ancestor, simple } from 'acorn-walk';
import { build, type Plugin } from 'esbuild';
import MagicString from 'magic-string';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { kernelDir, returnExports, stepNames } from '../../build/kernel.mjs';
import { SHARED_OPERATIONS } from './memory.ts';

/** What is instrumented: files of a folder, one of them their seam. */
interface Subject {
  readonly dir: string;
  /** Whose exports a scenario may call. */
  readonly files: readonly string[];
  /** The seam's file, and how one of its names becomes the model's. */
  readonly seam: string;
  readonly bound: (name: string) => string;
  /** Functions that are stopped around as a whole. */
  readonly steps: () => string[];
}

/** The kernel: steps, drivers, and where things are. */
const KERNEL: Subject = {
  dir: kernelDir,
  files: ['steps', 'drivers', 'layout', 'deque', 'reclaim', 'take', 'steal'],
  seam: 'word.ts',
  bound: (name) => `word.${name}`,
  steps: stepNames,
};

/** The lists of the variants, which name the memory that they work on, here there is one, and say where in words. */
export const VARIANTS: Subject = {
  dir: join(kernelDir, '..', 'variants'),
  files: ['mutex', 'locked-list', 'tagged-list'],
  seam: 'words.ts',
  bound: (name) => `(_words, at, ...rest) => word.${name}(4 * at, ...rest)`,
  steps: () => [],
};

const OPERATIONS = [
  ...SHARED_OPERATIONS,
  'loadPlain',
  'storePlain',
  'imul',
  'quotient',
  'bitCount',
  'lowestBit',
  'waitAsyncShared',
];

/** Changes a source before it is bundled; a mutant. */
export type Patch = (file: string, text: string) => string;

/** What memory.ts gives a kernel to run on. */
type ModelOperations = Readonly<Record<string, unknown>>;

/** Binds the instrumented kernel to a model memory's operations. */
export type Bind = (word: ModelOperations) => Record<string, unknown>;

export interface Build {
  readonly indexBits: number;
  /** Stops at plain stores too: where steps can be cut inside, they can be cut between any two of these. */
  readonly hasTornSteps?: boolean | undefined;
}

function narrowed(text: string, kind: Build): string {
  const narrow = text
    .replace(/INDEX_BITS: i32 = \d+/, `INDEX_BITS: i32 = ${kind.indexBits}`)
    .replace(/BUSY_RESCANS: i32 = \d+/, 'BUSY_RESCANS: i32 = 1')
    .replace(/MOST_NAPS: i32 = \d+/, 'MOST_NAPS: i32 = 12');
  if (narrow === text) throw new Error('widths.ts no longer looks as the model expects');
  return narrow;
}

/** The seam as names that the memory bound later fills in. */
function seam({ bound }: Subject): string {
  return OPERATIONS.map((name) => `export const ${name} = ${bound(name)};`).join('\n');
}

function sources(subject: Subject, kind: Build, patch: Patch): Plugin {
  return {
    name: 'model-sources',
    setup(pluginBuild) {
      pluginBuild.onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const file = path.slice(subject.dir.length + 1);
        if (file === subject.seam) return { loader: 'js', contents: seam(subject) };
        const text = patch(file, readFileSync(path, 'utf8'));
        return { loader: 'ts', contents: file === 'widths.ts' ? narrowed(text, kind) : text };
      });
    },
  };
}

async function bundle(subject: Subject, kind: Build, patch: Patch): Promise<string> {
  const contents = subject.files.map((file) => `export * from './${file}.ts';`).join('\n');
  const result = await build({
    stdin: { contents, resolveDir: subject.dir, loader: 'js' },
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    legalComments: 'none',
    plugins: [sources(subject, kind, patch)],
  });
  return (result.outputFiles[0] as { text: string }).text;
}

function calleeOf(call: CallExpression): string {
  if (call.callee.type !== 'Identifier') throw new Error(`the kernel calls something indirectly at ${call.start}`);
  return call.callee.name;
}

function functionsOf(program: Program): Map<string, FunctionDeclaration> {
  const functions = new Map<string, FunctionDeclaration>();
  for (const node of program.body)
    if (node.type === 'FunctionDeclaration') functions.set(node.id.name, node as FunctionDeclaration);
  return functions;
}

/** Names of the functions that stop: the shared operations, and whatever calls one that stops. */
function stopping(functions: Map<string, FunctionDeclaration>, operations: readonly string[]): Set<string> {
  const stops = new Set<string>(operations);
  for (let before = 0; before !== stops.size; ) {
    before = stops.size;
    for (const [name, node] of functions) {
      simple(node.body as Node, {
        CallExpression: (call) => {
          if (stops.has(calleeOf(call))) stops.add(name);
        },
      });
    }
  }
  return stops;
}

function stopAtBackEdge(code: MagicString, body: Node): void {
  if (body.type === 'BlockStatement') {
    code.appendLeft(body.start + 1, ' yield* backEdge();');
  } else {
    code.appendLeft(body.start, '{ yield* backEdge(); ');
    code.appendRight(body.end, ' }');
  }
}

/** Turns the bundle into a module body that binds the kernel's generators to a model memory. */
function transform(text: string, operations: readonly string[], stepNames: readonly string[]): string {
  const program = parse(text, { ecmaVersion: 2022, sourceType: 'module' });
  const functions = functionsOf(program);
  const stops = stopping(functions, operations);
  const steps = new Set(stepNames);
  const code = new MagicString(text);
  for (const [name, node] of functions) {
    if (!stops.has(name)) continue;
    code.appendLeft(node.start + 'function'.length, '*');
    ancestor(node.body as Node, {
      CallExpression: (call) => {
        if (!stops.has(calleeOf(call))) return;
        const isStep = steps.has(calleeOf(call)) && !steps.has(name);
        code.prependRight(call.start, isStep ? '(yield* atStep(' : '(yield* ');
        code.appendLeft(call.end, isStep ? '))' : ')');
      },
      WhileStatement: (loop) => stopAtBackEdge(code, loop.body),
      ForStatement: (loop) => stopAtBackEdge(code, loop.body),
    });
  }
  return returnExports(code.toString());
}

/** Compiles the kernel, or another subject, for the model. The result binds it to a memory's operations. */
export async function instrument(
  kind: Build,
  patch: Patch = (_file, text) => text,
  subject: Subject = KERNEL,
): Promise<Bind> {
  const operations = kind.hasTornSteps ? [...SHARED_OPERATIONS, 'storePlain'] : SHARED_OPERATIONS;
  const body = transform(await bundle(subject, kind, patch), operations, subject.steps());
  // The text is the project's own kernel, just transformed.
  const bind = new Function('word', 'atStep', 'backEdge', `'use strict';\n${body}`) as (
    word: ModelOperations,
    atStep: unknown,
    backEdge: unknown,
  ) => Record<string, unknown>;
  return (word) => bind(word, word.atStep, word.backEdge);
}
