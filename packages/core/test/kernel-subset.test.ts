// The kernel's sources keep to the subset that its three bindings understand alike, and to the law
// of steps. Each rule is also shown to find a source that breaks it.

import { describe, expect, test } from 'vitest';
import { lintHost, lintKernel, type Rule } from './support/kernel-lint.ts';
import { readSources } from './support/source.ts';

const sources = readSources();
const kernel = new Map(
  [...sources].flatMap(([path, text]) =>
    path.startsWith('kernel/') ? [[path.slice('kernel/'.length), text] as const] : [],
  ),
);

/** heap.ts and the variants have words of their own in memory of their own, which no kernel touches. */
const ATOMICS_OUTSIDE = new Set(['kernel/word.ts', 'variants/words.ts', 'heap.ts']);
/** The seam: the host gets none of it that is racy. */
const RACY_OUTSIDE = new Set(['kernel/word.ts']);

describe('the kernel', () => {
  test('keeps to the subset, the seam and the law of steps', () => {
    expect(kernel.size).toBeGreaterThan(15);
    expect(lintKernel(kernel)).toEqual([]);
  });

  test('is the only one to use Atomics, and only in the seam', () => {
    const users = [...sources].filter(([path, text]) => lintHost(path, text).some((one) => one.rule === 'atomics'));
    expect(new Set(users.map(([path]) => path))).toEqual(ATOMICS_OUTSIDE);
  });

  test('is the only one to read or write racily', () => {
    const host = [...sources].filter(([path]) => !path.startsWith('kernel/') || RACY_OUTSIDE.has(path));
    const users = host.filter(([path, text]) => lintHost(path, text).some((one) => one.rule === 'racy'));
    expect(new Set(users.map(([path]) => path))).toEqual(RACY_OUTSIDE);
  });
});

// ---- each rule finds what breaks it: a small kernel, with one file or function more

const SMALL: Readonly<Record<string, string>> = {
  'layout.ts': 'export const C_GATE: i32 = 64;\nexport const C_SUMMARY: i32 = 128;\n',
  'helper.ts': `import { loadPlain } from './word.ts';
/* @inline */ export function half(a: i32): i32 { return loadPlain(a) >> 1; }
/* @inline */ export function quarter(a: i32): i32 { return half(a) >> 1; }
export function heavy(a: i32): i32 { return a + 1; }
/* @inline */ export function spin(a: i32): i32 { while (loadPlain(a) !== 0) a += 1; return a; }
`,
  'step.ts': `import { quarter } from './helper.ts';
import { storeShared } from './word.ts';
export function mark(at: i32): i32 { storeShared(at, quarter(at)); return 1; }
`,
  'steps.ts': "export { mark } from './step.ts';\n",
  'driver.ts': `import { mark } from './steps.ts';
export function markAll(at: i32, count: i32): void { for (let i = 0; i < count; i++) mark(at + (i << 2)); }
`,
};

/** What lint finds in the small kernel with one more file, or one replaced. */
function rulesBroken(file: string, text: string): Rule[] {
  const violations = lintKernel(new Map(Object.entries({ ...SMALL, [file]: text })));
  return [...new Set(violations.map((one) => one.rule))];
}

function bodyBreaks(body: string): Rule[] {
  return rulesBroken(
    'extra.ts',
    `import { loadPlain, storePlain } from './word.ts';\nexport function extra(a: i32): i32 {\n${body}\n}\n`,
  );
}

test('the small kernel is without fault, with loops in its driver and helpers in its step', () => {
  expect(lintKernel(new Map(Object.entries(SMALL)))).toEqual([]);
  expect(bodyBreaks('let b = loadPlain(a) - 1; if (b > 2 && a !== 0) b = ~b & 7; storePlain(a, b); return b;')).toEqual(
    [],
  );
});

describe('the rule for operators finds', () => {
  for (const expression of ['a / 2', 'a % 2', 'a * 2', 'a ** 2', 'a >>> 0', 'a == 1', '+a']) {
    test(expression, () => {
      expect(bodyBreaks(`return ${expression};`)).toEqual(['operator']);
    });
  }
  for (const statement of ['a /= 2', 'a *= 3', 'a %= 2', 'a **= 2', 'a >>>= 0', 'a ??= 1']) {
    test(statement, () => {
      expect(bodyBreaks(`${statement}; return a;`)).toEqual(['operator']);
    });
  }
});

describe('the rule for syntax finds', () => {
  const bodies = {
    'an object': 'const b = {}; return a;',
    'an array': 'const b = []; return a;',
    'an arrow': 'const b = () => a; return a;',
    'a function expression': 'const b = function () { return 1; }; return a;',
    'a closure': 'function b(): i32 { return a; } return b();',
    'a class': 'class B {} return a;',
    'a string': "const b = 'x'; return a;",
    'a template': 'const b = `x`; return a;',
    'a regular expression': 'const b = /x/; return a;',
    'a fraction': 'return a + 0.5;',
    'a number above 31 bits': 'return a & 0xffffffff;',
    'a bigint': 'return a === 1n ? 1 : 0;',
    'a null': 'return a === null ? 1 : 0;',
    'a throw': 'throw a;',
    'a try': 'try { return a; } catch { return 0; }',
    'a switch': 'switch (a) { default: return 1; }',
    'a for-of': 'for (const b of a) storePlain(a, b); return a;',
    'a sequence': 'return (storePlain(a, 1), a);',
  };
  for (const [name, body] of Object.entries(bodies)) {
    test(name, () => {
      expect(bodyBreaks(body)).toContain('subset');
    });
  }

  test('new', () => {
    expect(rulesBroken('extra.ts', 'export function extra(a: i32): i32 { return new extra(a); }')).toEqual(['subset']);
  });

  test('await and async', () => {
    expect(rulesBroken('extra.ts', 'export async function extra(a: i32) { await a; }')).toEqual(['subset']);
    expect(rulesBroken('extra.ts', 'export async function extra(a: i32) { return a; }')).toEqual(['subset']);
  });

  test('yield and generators', () => {
    expect(rulesBroken('extra.ts', 'export function* extra(a: i32) { yield a; }')).toEqual(['subset']);
    expect(rulesBroken('extra.ts', 'export function* extra(a: i32) { return a; }')).toEqual(['subset']);
  });

  test('default and rest parameters', () => {
    expect(rulesBroken('extra.ts', 'export function extra(a: i32 = 1): i32 { return a; }')).toContain('subset');
    expect(rulesBroken('extra.ts', 'export function extra(...a: i32[]): i32 { return 1; }')).toContain('subset');
  });
});

describe('the rule for state finds', () => {
  test('a module-level let', () => {
    expect(
      rulesBroken('extra.ts', 'let count: i32 = 0;\nexport function extra(): i32 { count += 1; return count; }'),
    ).toEqual(['module-state']);
  });

  test('a var, in a function too', () => {
    expect(bodyBreaks('var b = a; return b;')).toEqual(['module-state']);
  });
});

describe('the rule for the seam finds', () => {
  test('Atomics', () => {
    expect(bodyBreaks('return Atomics.load(a, 0);')).toContain('atomics');
  });

  test('the words of memory, and any other name from nowhere', () => {
    expect(bodyBreaks('return words[a >> 2];')).toContain('seam');
    expect(bodyBreaks('return Math.clz32(a);')).toContain('seam');
    expect(bodyBreaks('return globalThis;')).toEqual(['seam']);
    expect(
      rulesBroken('extra.ts', 'declare const words: i32;\nexport function extra(): i32 { return words; }'),
    ).toEqual(['seam']);
  });

  test('a name of another function', () => {
    expect(
      rulesBroken(
        'extra.ts',
        'function one(b: i32): i32 { return b; }\nexport function extra(): i32 { return one(b); }',
      ),
    ).toEqual(['seam']);
  });
});

describe('the rule for imports finds', () => {
  test('a module outside the kernel, for a value or a type', () => {
    expect(
      rulesBroken('extra.ts', "import { show } from '../errors.ts';\nexport function extra(): i32 { return show(1); }"),
    ).toEqual(['outside']);
    expect(
      rulesBroken('extra.ts', "import type { Magazine } from '../magazine.ts';\nexport const ONE: i32 = 1;"),
    ).toEqual(['outside']);
    expect(rulesBroken('extra.ts', "import 'node:fs';\nexport const ONE: i32 = 1;")).toEqual(['outside']);
    expect(rulesBroken('extra.ts', "export { nothing } from './no-such-file.ts';")).toEqual(['outside']);
    expect(
      rulesBroken('extra.ts', "export function extra(a: import('../pool.ts').BufferPool): i32 { return 1; }"),
    ).toEqual(['outside']);
  });

  test('a step that does not come through steps.ts', () => {
    expect(
      rulesBroken(
        'extra.ts',
        "import { mark } from './step.ts';\nexport function extra(a: i32): i32 { return mark(a); }",
      ),
    ).toEqual(['step-import']);
    expect(
      rulesBroken(
        'extra.ts',
        "import { mark as quick } from './step.ts';\nexport function extra(a: i32): i32 { return quick(a); }",
      ),
    ).toEqual(['step-import']);
    expect(rulesBroken('extra.ts', "export { mark } from './step.ts';")).toEqual(['step-import']);
  });
});

describe('the law of steps finds', () => {
  const step = (body: string, imports = '') =>
    rulesBroken(
      'step.ts',
      `${imports}\nimport { loadPlain, storeShared } from './word.ts';\nexport function mark(at: i32): i32 {\n${body}\n}\n`,
    );

  for (const loop of [
    'for (let i = 0; i < 8; i++) storeShared(at, i);',
    'while (loadPlain(at) !== 0) storeShared(at, 0);',
    'do storeShared(at, 0); while (loadPlain(at) !== 0);',
  ]) {
    test(`a loop in a step: ${loop}`, () => {
      expect(step(`${loop} return 1;`)).toEqual(['step-loop']);
    });
  }

  test('a loop in a helper of a step, in another file', () => {
    expect(step('return spin(at);', "import { spin } from './helper.ts';")).toEqual(['step-loop']);
  });

  test('a helper that is not marked', () => {
    expect(step('return heavy(at);', "import { heavy } from './helper.ts';")).toEqual(['step-call']);
    expect(step('return h(at);', "import { heavy as h } from './helper.ts';")).toEqual(['step-call']);
  });

  test('an unmarked helper behind a marked one', () => {
    expect(
      rulesBroken(
        'helper.ts',
        SMALL['helper.ts']?.replace('/* @inline */ export function half', 'export function half') ?? '',
      ),
    ).toEqual(['step-call']);
  });

  test('a mark that the compiler would not read', () => {
    expect(rulesBroken('helper.ts', SMALL['helper.ts']?.replaceAll('/* @inline */', '/* inline */') ?? '')).toEqual([
      'step-call',
    ]);
  });

  test('a step that calls a step', () => {
    expect(step('return other(at);\n}\nexport function other(at: i32): i32 { return at;')).toEqual(['step-call']);
  });
});

describe('the rule for racy words finds', () => {
  const racy = (name: string, address: string) =>
    rulesBroken(
      'extra.ts',
      `import { C_GATE, C_SUMMARY } from './layout.ts';\nimport { loadRacy, storeRacy } from './word.ts';
export function ${name}(cls: i32): i32 { storeRacy(${address}, 1); return loadRacy(${address}); }\nexport const GATE: i32 = C_GATE;\nexport const SUMMARY: i32 = C_SUMMARY;\n`,
    );

  test('nothing in a listed word read by a listed function', () => {
    expect(racy('takeWhere', 'cls + C_SUMMARY')).toEqual([]);
  });

  test('a word that is not on the list', () => {
    expect(racy('takeWhere', 'cls + C_GATE')).toEqual(['racy']);
  });

  test('a listed word in another function', () => {
    expect(racy('conclude', 'cls + C_SUMMARY')).toEqual(['racy']);
  });

  test('an address that names no word, or two', () => {
    expect(racy('takeWhere', 'cls')).toEqual(['racy']);
    expect(racy('takeWhere', 'cls + C_SUMMARY + C_GATE')).toEqual(['racy']);
  });

  test('a load of an unowned word that no look may make', () => {
    const look = (name: string) =>
      rulesBroken(
        'extra.ts',
        `import { slotAt } from './ring.ts';\nimport { loadUnowned } from './word.ts';
export function ${name}(ring: i32): i32 { return loadUnowned(slotAt(ring, 1)); }\n`,
      );
    expect(look('isStuck')).toEqual(['outside']);
    expect(look('take')).toEqual(['outside', 'racy']);
  });
});

describe('the rule for the other sources finds', () => {
  test('Atomics, by name or by string', () => {
    for (const text of [
      'Atomics.load(a, 0);',
      'const { load } = Atomics;',
      "globalThis['Atomics'].load(a, 0);",
      'globalThis.Atomics;',
    ]) {
      expect(lintHost('extra.ts', text).map((one) => one.rule)).toEqual(['atomics']);
    }
    expect(lintHost('extra.ts', '// Atomics\nconst text = "no Atomics here";')).toEqual([]);
  });

  test('racy accesses through the bound kernel', () => {
    expect(lintHost('extra.ts', 'kernel.loadRacy(1);\nkernel.storeRacy(1, 2);').map((one) => one.rule)).toEqual([
      'racy',
      'racy',
    ]);
  });

  test('and names the line of the original', () => {
    expect(lintHost('extra.ts', 'interface A {\n  a: number;\n}\n\nAtomics.load(a, 0);')[0]?.line).toBe(5);
  });
});
