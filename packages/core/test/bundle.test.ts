// The published bundles: what the sources declare constant is constant there too, or the fast path pays for it.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'acorn';
import { describe, expect, test } from 'vitest';
import { keepConstants } from '../build/constants.mjs';
import { bind as bindAtomics } from '../src/generated/bind-atomics.js';
import { bind as bindWasm } from '../src/generated/bind-wasm.js';
import { readSources } from './support/source.ts';

const dist = (name: string) => readFileSync(fileURLToPath(new URL(`../dist/${name}`, import.meta.url)), 'utf8');

/** Names that statements bind with `var`, and that have a value from the start. */
function variables(body: ReturnType<typeof parse>['body']): string[] {
  return body
    .filter((statement) => statement.type === 'VariableDeclaration' && statement.kind === 'var')
    .flatMap((statement) => ('declarations' in statement ? statement.declarations : []))
    .filter(({ init }) => init)
    .map(({ id }) => (id.type === 'Identifier' ? id.name : 'a pattern'));
}

const sources = [...readSources().values()];
/** Names that some source declares with `let` at its top level: those may change. */
const changing = new Set(sources.flatMap((text) => [...text.matchAll(/^let (\w+)/gm)].map(([, name]) => name)));

describe('no constant is a variable', () => {
  test.each(['index.js', 'variants/index.js'])('in %s', (name) => {
    const { body } = parse(dist(name), { ecmaVersion: 'latest', sourceType: 'module' });
    // The bundler tells namesakes apart by a number.
    expect(variables(body).filter((one) => !changing.has(one.replace(/\d+$/, '')))).toEqual([]);
  });

  test.each([
    ['atomics', bindAtomics],
    ['wasm', bindWasm],
  ])('in the kernel of %s', (_name, bind) => {
    const { body } = parse(`(${bind})`, { ecmaVersion: 'latest', sourceType: 'module' });
    const [statement] = body;
    if (statement?.type !== 'ExpressionStatement' || statement.expression.type !== 'FunctionExpression') throw body;
    const inside = statement.expression.body.body as typeof body;
    expect(inside.length).toBeGreaterThan(50);
    expect(variables(inside)).toEqual([]);
  });
});

test('no source exports what may change', () => {
  expect(sources.flatMap((text) => text.match(/^export (let|var) .*/gm) ?? [])).toEqual([]);
});

describe('keepConstants', () => {
  test.each([
    ['var a = 1;\nvar B = class {};', 'const a = 1;\nconst B = class {};'],
    ['var { a, b: [c] } = f();', 'const { a, b: [c] } = f();'],
    ['var a;', 'var a;'],
    ['let a = 1;', 'let a = 1;'],
    ['function f() { var a = 1; }', 'function f() { var a = 1; }'],
  ])('%s', (text, expected) => {
    expect(keepConstants(text)).toBe(expected);
  });

  test.each([
    'a = 2',
    'a += 1',
    '() => a++',
    '[a] = [2]',
    '({ b: a } = f())',
    '({ b: a = 1 } = f())',
    '({ ...a } = f())',
    '() => { for (a of []); }',
    '() => { for (a in {}); }',
  ])('leaves what is assigned another value: %s', (assignment) => {
    const text = `var a = 1;\nf(${assignment});`;
    expect(keepConstants(text)).toBe(text);
  });
});
