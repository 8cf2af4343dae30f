// The lint of the kernel's subset: TypeScript that means the same as AssemblyScript, as JavaScript
// and as the explorer's generators, and steps that cannot be cut inside. It takes sources by file
// name (`slab.ts`), so that a test can give it sources that break a rule.

import type { AnyNode, CallExpression, FunctionDeclaration } from 'acorn';
import { namedImportsOf, type Parsed, parseSource, walk } from './source.ts';

export type Rule =
  | 'atomics' // Atomics stays in word.ts
  | 'operator' // operators that i32 and number disagree about
  | 'subset' // syntax outside the subset
  | 'module-state' // module-level let, or var
  | 'seam' // memory not reached through word.ts, or a name from nowhere
  | 'outside' // an import from outside the kernel
  | 'step-import' // a step taken from elsewhere than steps.ts
  | 'step-loop' // a loop in a step or in what it calls
  | 'step-call' // a step calls something that stays a call
  | 'racy'; // a racy access that is not on the list

export interface Violation {
  readonly rule: Rule;
  readonly file: string;
  readonly line: number;
  readonly what: string;
}

/** Files that are no kernel code: the seam itself, and the name i32. */
const EXEMPT = new Set(['word.ts', 'as.d.ts']);

/** The words that may be read or written racily, and the functions that may do so: all of them follow hints. */
const RACY: Readonly<Record<string, readonly string[]>> = {
  C_NON_EMPTY: ['hasVictim', 'stealAmong', 'blocksInDeques'],
  C_SUMMARY: ['takeWhere'],
  S_BITMAP: ['takeFromSlab'],
  C_CUT_HINT: ['slabCutLast', 'noteCut'],
  // Where threads run, and where memory is: in which order a search goes.
  R_CPU: ['place'],
  R_LLC: ['place'],
  R_NODE: ['place'],
  S_NODE: ['isNear', 'labelNode', 'forgetNode'],
  // The drain's marks: they say how many blocks go home, never whose a block is.
  C_EPOCH: ['noteLow'],
  D_LOW: ['noteLow', 'coldOf'],
  D_LOW_BEFORE: ['noteLow', 'coldOf'],
  S_IDLE: ['takeAmong', 'idleness', 'homeReturnedRun', 'markReturned'],
  // A block's state compared with the reader's own OWNED, or a dead row's, which nobody else writes.
  L_STATE: ['putBack', 'seizeInSlab'],
};

/** The words, or what gives their address, that may be read while their owners write them plainly, and the functions that may: all of them are looks. */
const UNOWNED: Readonly<Record<string, readonly string[]>> = {
  L_STATE: ['isLost', 'regainLeft'],
  slotAt: ['isInDeque', 'isStuck'],
};

/** Reads a word of the hint bitmap that its caller names: its callers are held to the list, its own load is not. */
const READS_FOR_CALLER = 'walkBits';

const NODES = new Set(
  `Program ImportDeclaration ImportSpecifier ExportNamedDeclaration ExportSpecifier ExportAllDeclaration
  FunctionDeclaration BlockStatement VariableDeclaration VariableDeclarator Identifier Literal BinaryExpression
  LogicalExpression UnaryExpression AssignmentExpression UpdateExpression ConditionalExpression CallExpression
  IfStatement ReturnStatement ExpressionStatement ForStatement WhileStatement DoWhileStatement BreakStatement
  ContinueStatement`.split(/\s+/),
);
const OPERATORS = new Set(
  '+ - & | ^ << >> >>> === !== < <= > >= && || ! ~ = += -= &= |= ^= <<= >>= >>>= ++ --'.split(' '),
);
const LOOPS = new Set(['ForStatement', 'WhileStatement', 'DoWhileStatement', 'ForInStatement', 'ForOfStatement']);

/** A function of the kernel and what it calls, by file and name. */
interface KernelFunction {
  readonly file: string;
  readonly name: string;
  readonly node: FunctionDeclaration;
  readonly inlined: boolean;
}

/** A kernel file with its names resolved. */
interface KernelFile {
  readonly name: string;
  readonly parsed: Parsed;
  /** Local name -> where it comes from. */
  readonly imports: ReadonlyMap<string, { from: string; name: string }>;
  readonly functions: ReadonlyMap<string, KernelFunction>;
}

type Report = (rule: Rule, node: AnyNode, what: string) => void;

function nameOf(node: AnyNode): string {
  return node.type === 'Identifier' ? node.name : String((node as { value?: unknown }).value);
}

function load(name: string, text: string): KernelFile {
  const parsed = parseSource(text);
  const inlined = new Set([...text.matchAll(/\/\* @inline \*\/ (?:export )?function (\w+)/g)].map((match) => match[1]));
  const imports = new Map<string, { from: string; name: string }>();
  const functions = new Map<string, KernelFunction>();
  walk(parsed.program, (node, above) => {
    const parent = above.at(-1);
    if (node.type === 'ImportSpecifier' && parent?.type === 'ImportDeclaration') {
      imports.set(node.local.name, { from: String(parent.source.value), name: nameOf(node.imported) });
    } else if (node.type === 'FunctionDeclaration' && node.id !== null && above.length <= 2) {
      const id = node.id.name;
      functions.set(id, { file: name, name: id, node: node as FunctionDeclaration, inlined: inlined.has(id) });
    }
  });
  return { name, parsed, imports, functions };
}

function checkSyntax(node: AnyNode, above: readonly AnyNode[], report: Report): void {
  if (!NODES.has(node.type)) report('subset', node, node.type);
  if (node.type === 'Literal') checkLiteral(node.value, node, above, report);
  if ('operator' in node) {
    const isConversion = node.type === 'UnaryExpression' && node.operator === '+';
    if (isConversion || !OPERATORS.has(node.operator)) report('operator', node, node.operator);
  }
  if (node.type === 'BinaryExpression' || node.type === 'AssignmentExpression') {
    const isUnsigned = node.operator.startsWith('>>>') && node.right.type === 'Literal' && node.right.value === 0;
    if (isUnsigned) report('operator', node, '>>> 0');
  }
  if (node.type === 'FunctionDeclaration') {
    if (node.async || node.generator) report('subset', node, 'a function that stops and goes on');
    if (above.some((one) => one.type === 'FunctionDeclaration')) report('subset', node, 'a closure');
  }
  if (node.type === 'VariableDeclaration' && node.kind !== 'const') {
    const isOfModule = !above.some((one) => one.type === 'FunctionDeclaration');
    if (isOfModule || node.kind !== 'let') report('module-state', node, node.kind);
  }
}

function checkLiteral(value: unknown, node: AnyNode, above: readonly AnyNode[], report: Report): void {
  const parent = above.at(-1);
  if (typeof value === 'boolean' || (parent !== undefined && 'source' in parent && parent.source === node)) return;
  const isWord = typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0x7fffffff;
  if (!isWord) report('subset', node, `${typeof value} ${String(value)}`);
}

/** Names that a file may use: its imports, its own, and inside a function that one's parameters and locals. */
function checkNames(file: KernelFile, report: Report): void {
  const ofModule = new Set([...file.imports.keys(), ...file.functions.keys()]);
  const ofFunction = new Map<AnyNode, Set<string>>();
  walk(file.parsed.program, (node, above) => {
    const holder = above.find((one) => one.type === 'FunctionDeclaration');
    if (node.type === 'FunctionDeclaration') ofFunction.set(node, new Set(node.params.map(nameOf)));
    if (node.type !== 'VariableDeclarator') return;
    (holder === undefined ? ofModule : ofFunction.get(holder))?.add(nameOf(node.id));
  });
  walk(file.parsed.program, (node, above) => {
    if (node.type !== 'Identifier' || /Specifier$|^ExportAll/.test(above.at(-1)?.type ?? '')) return;
    if (node.name === 'Atomics') report('atomics', node, 'Atomics');
    const holder = [...above, node].find((one) => one.type === 'FunctionDeclaration');
    const isKnown = ofModule.has(node.name) || (holder !== undefined && ofFunction.get(holder)?.has(node.name));
    if (!isKnown) report('seam', node, `${node.name} is neither declared here nor imported`);
  });
}

function callsOf(body: AnyNode): CallExpression[] {
  const calls: CallExpression[] = [];
  walk(body, (node) => {
    if (node.type === 'CallExpression') calls.push(node);
  });
  return calls;
}

/** What a function of the seam is held to, if it is one that does not synchronise. */
function listFor(name: string): Readonly<Record<string, readonly string[]>> | undefined {
  if (name === 'loadUnowned') return UNOWNED;
  return /^(?:(?:load|store)Racy|walkBits)$/.test(name) ? RACY : undefined;
}

function checkRacy(file: KernelFile, report: Report): void {
  for (const { name, node } of file.functions.values()) {
    if (name === READS_FOR_CALLER) continue;
    for (const call of callsOf(node.body)) {
      const list = listFor(nameOf(call.callee));
      if (list === undefined) continue;
      const fields: string[] = [];
      if (call.arguments[0]) {
        walk(call.arguments[0], (one) => {
          if (one.type === 'Identifier' && /^(?:[A-Z]+_|slotAt$)/.test(one.name)) fields.push(one.name);
        });
      }
      const [field = 'no field'] = fields;
      const isListed = Object.hasOwn(list, field) && fields.length === 1 && list[field]?.includes(name);
      if (!isListed) report('racy', call, `${fields.join(', ') || field} in ${name}`);
    }
  }
}

/** Where a name that a file uses is declared: the file, and its name there. */
function resolve(file: KernelFile, local: string): { file: string; name: string } {
  const from = file.imports.get(local);
  return from === undefined ? { file: file.name, name: local } : { file: from.from.replace('./', ''), name: from.name };
}

/** The functions that steps.ts exports, as `file name`. */
function stepsOf(files: ReadonlyMap<string, KernelFile>): Map<string, KernelFunction> {
  const steps = new Map<string, KernelFunction>();
  const abi = files.get('steps.ts');
  if (abi === undefined) return steps;
  for (const node of abi.parsed.program.body) {
    if (node.type !== 'ExportNamedDeclaration' || !node.source) continue;
    const from = String(node.source.value).replace('./', '');
    for (const specifier of node.specifiers) {
      const step = files.get(from)?.functions.get(nameOf(specifier.local));
      if (step === undefined)
        throw new Error(`steps.ts exports ${nameOf(specifier.local)}, which ${from} does not have`);
      steps.set(`${from} ${step.name}`, step);
    }
  }
  return steps;
}

function checkStepImports(file: KernelFile, steps: ReadonlyMap<string, KernelFunction>, report: Report): void {
  if (file.name === 'steps.ts') return;
  walk(file.parsed.program, (node) => {
    if (node.type !== 'ImportDeclaration' && node.type !== 'ExportNamedDeclaration') return;
    for (const specifier of node.source ? node.specifiers : []) {
      const name = nameOf(specifier.type === 'ImportSpecifier' ? specifier.imported : specifier.local);
      const from = String(node.source?.value).replace('./', '');
      if (steps.has(`${from} ${name}`)) report('step-import', specifier, `${name} from ./${from}`);
    }
  });
}

/** Follows what a step calls: no loop anywhere, and everything but the seam marked for inlining. */
function checkStep(
  files: ReadonlyMap<string, KernelFile>,
  step: KernelFunction,
  seen: Set<KernelFunction>,
  reportIn: (file: string) => Report,
): void {
  if (seen.has(step)) return;
  seen.add(step);
  const file = files.get(step.file);
  if (file === undefined) return;
  const report = reportIn(step.file);
  walk(step.node, (node) => {
    if (LOOPS.has(node.type)) report('step-loop', node, `${node.type} in ${step.name}`);
  });
  for (const call of callsOf(step.node.body)) {
    if (call.callee.type !== 'Identifier') {
      report('step-call', call, `${step.name} calls ${file.parsed.textOf(call.callee)}`);
      continue;
    }
    const target = resolve(file, call.callee.name);
    if (target.file === 'word.ts') continue;
    const called = files.get(target.file)?.functions.get(target.name);
    if (!called?.inlined) report('step-call', call, `${step.name} calls ${target.name}, which is not marked @inline`);
    if (called !== undefined) checkStep(files, called, seen, reportIn);
  }
}

/** Everything that the kernel's files, by name, do against the rules. */
export function lintKernel(sources: ReadonlyMap<string, string>): Violation[] {
  const violations: Violation[] = [];
  const files = new Map<string, KernelFile>();
  for (const [name, text] of sources) {
    for (const from of namedImportsOf(text)) {
      const isInside = /^\.\/[\w-]+\.ts$/.test(from) && (sources.has(from.slice(2)) || EXEMPT.has(from.slice(2)));
      if (!isInside) violations.push({ rule: 'outside', file: name, line: 1, what: from });
    }
    if (!EXEMPT.has(name)) files.set(name, load(name, text));
  }
  const reportIn =
    (file: string): Report =>
    (rule, node, what) => {
      const line = files.get(file)?.parsed.lineAt(node.start) ?? 0;
      violations.push({ rule, file, line, what });
    };
  const steps = stepsOf(files);
  for (const file of files.values()) {
    const report = reportIn(file.name);
    walk(file.parsed.program, (node, above) => checkSyntax(node, above, report));
    checkNames(file, report);
    checkRacy(file, report);
    checkStepImports(file, steps, report);
  }
  const seen = new Set<KernelFunction>();
  for (const step of steps.values()) checkStep(files, step, seen, reportIn);
  return violations;
}

/** Uses of Atomics, and of racy accesses from outside the kernel, in any other source of the package. */
export function lintHost(name: string, text: string): Violation[] {
  const violations: Violation[] = [];
  const parsed = parseSource(text);
  walk(parsed.program, (node) => {
    const named = node.type === 'Identifier' ? node.name : node.type === 'Literal' ? node.value : undefined;
    const line = () => parsed.lineAt(node.start);
    if (named === 'Atomics') violations.push({ rule: 'atomics', file: name, line: line(), what: 'Atomics' });
    if (named === 'loadRacy' || named === 'storeRacy')
      violations.push({ rule: 'racy', file: name, line: line(), what: named });
  });
  return violations;
}
