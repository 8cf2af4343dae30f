// The law of steps on the compiled module: no step can be cut inside, because nothing in it repeats,
// calls or waits. And its face: it gets its memory, and gives the steps.

import { beforeAll, describe, expect, test } from 'vitest';
import { compileSteps, stepNames } from '../build/kernel.mjs';
import { bytes } from '../src/generated/kernel-wasm.js';
import { wasm } from '../src/host/wasm.ts';
import { breaksStraightLine, instructionsOf } from './support/wat.ts';

/** The part of WebAssembly.Module that this file asks; host/wasm.ts types only what the package itself uses. */
interface ModuleFace {
  exports(module: object): { name: string; kind: string }[];
  imports(module: object): { module: string; name: string; kind: string }[];
}
const face = wasm.Module as unknown as ModuleFace;

let compiled: Awaited<ReturnType<typeof compileSteps>>;

beforeAll(async () => {
  compiled = await compileSteps();
});

describe('the module of the steps', () => {
  test('contains no loop, no call, no bulk operation and no wait', () => {
    const instructions = instructionsOf(compiled.wat);
    expect(instructions.filter((one) => one === 'i32.atomic.rmw.cmpxchg').length).toBeGreaterThan(10);
    expect(instructions.filter(breaksStraightLine)).toEqual([]);
  });

  test('imports the memory and nothing else', () => {
    expect(face.imports(new wasm.Module(compiled.wasm))).toEqual([{ module: 'env', name: 'memory', kind: 'memory' }]);
  });

  test('exports exactly the functions that steps.ts names', () => {
    const exported = face.exports(new wasm.Module(compiled.wasm));
    expect(exported.map(({ name }) => name).sort()).toEqual(stepNames().sort());
    expect(new Set(exported.map(({ kind }) => kind))).toEqual(new Set(['function']));
  });

  test('is the one that the package embeds: rebuild if it is not', () => {
    expect(Buffer.from(bytes, 'base64').equals(compiled.wasm)).toBe(true);
  });
});

describe('the reader of WebAssembly text', () => {
  const offending = [
    'loop $loop|0',
    '(loop $l (br $l))',
    'call $deque/push',
    '(call $f (i32.const 1))',
    'call_indirect (type $0)',
    'call_ref $0',
    'return_call $slab/home',
    'return_call_indirect (type $0)',
    'memory.copy',
    'memory.fill',
    'memory.grow',
    'memory.atomic.wait32',
    'br_table 0 1 2',
    'table.get $0',
    'try_table (catch $e 0)',
  ];
  for (const text of offending) {
    test(`finds what breaks the law in: ${text}`, () => {
      expect(
        instructionsOf(`(module (func $f (param $0 i32)\n  local.get $0\n  ${text}\n))`).filter(breaksStraightLine),
      ).toHaveLength(1);
    });
  }

  test('takes no name, string or comment for an instruction', () => {
    const harmless =
      '(module (export "call" (func $loop)) (func $call/loop ;; call $x\n (; loop ;) local.get $memory.copy\n drop))';
    expect(instructionsOf(harmless)).toEqual(['module', 'export', 'func', 'func', 'local.get', 'drop']);
  });

  test('finds a loop and a call that a changed source brings in', async () => {
    const { wat } = await compileSteps((name, text) =>
      name === 'wait.ts'
        ? text.replace(
            'storePlain(row + R_TICKET,',
            'while (loadShared(cls) !== 0) orShared(cls, 1);\n  storePlain(row + R_TICKET,',
          )
        : text,
    );
    expect(instructionsOf(wat).filter(breaksStraightLine)).toContain('loop');
  });

  test('finds the call that a helper without its inline mark leaves', async () => {
    const { wat } = await compileSteps((name, text) =>
      name === 'deque.ts' ? text.replace('/* @inline */ function receiveAll', 'function receiveAll') : text,
    );
    expect(instructionsOf(wat).filter(breaksStraightLine)).toContain('call');
  });
});
