// Every option: its type, its range, its default, and keys that are none. A refusal names the option,
// the value and the limit; it is a TypeError for a value of the wrong type and a RangeError for one out of range.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { footprint, integerOption, KiB, MiB, MOST_BYTES, nameOption } from '../../src/options.ts';
import { planPool, type PoolOptions } from '../../src/pool-options.ts';
import { planRuntime, type RuntimeOptions } from '../../src/runtime-options.ts';
import { fc } from '../support/property.ts';

const CODE = 'ERR_SYNCPOOL_INVALID_OPTION';
type ErrorClass = typeof TypeError | typeof RangeError;

/** Calls `act`, which must throw a coded error of that very class, with all of `parts` in its message. */
function expectRefusal(act: () => unknown, errorClass: ErrorClass, parts: readonly (string | number)[]): void {
  let error: unknown;
  try {
    act();
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toMatchObject({ code: CODE, name: errorClass.name });
  const { message } = error as Error;
  for (const part of parts) expect(message).toContain(String(part));
}

/** Options that the types would not let through. */
const untyped = <T>(options: unknown): T => options as T;

beforeEach(() => {
  vi.stubEnv('SYNCPOOL_KERNEL', undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

describe('createRuntime', () => {
  test('has its defaults, and as many processors as four for each CPU, 16 to 1,024', () => {
    const plan = {
      name: 'default',
      maxBytes: 256 * MiB,
      maxProcessors: 16,
      maxClasses: 64,
      pressure: 'off',
      kernel: 'wasm',
    };
    expect(planRuntime({}, 1)).toEqual(plan);
    expect(planRuntime({}, 4).maxProcessors).toBe(16);
    expect(planRuntime({}, 5).maxProcessors).toBe(20);
    expect(planRuntime({}, 1000).maxProcessors).toBe(1024);
  });

  const limits = [
    ['maxBytes', MiB, MOST_BYTES],
    ['maxProcessors', 1, 1024],
    ['maxClasses', 1, 1024],
  ] as const;
  for (const [key, least, most] of limits) {
    test(`takes ${key} from ${least} to ${most}`, () => {
      for (const value of [least, least + 1, most]) expect(planRuntime({ [key]: value }, 4)[key]).toBe(value);
    });

    test(`refuses ${key} below, above and between integers with a RangeError`, () => {
      for (const value of [least - 1, most + 1, 0, -1, least + 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
        expectRefusal(() => planRuntime({ [key]: value }, 4), RangeError, [key, least, most, value]);
      }
    });

    test(`refuses ${key} of another type with a TypeError`, () => {
      for (const value of [String(least), 2n ** 22n, true, {}, [least], Symbol('x')]) {
        expectRefusal(() => planRuntime(untyped<RuntimeOptions>({ [key]: value }), 4), TypeError, [key, least, most]);
      }
    });
  }

  test('takes either kernel, by option before the environment', () => {
    expect(planRuntime({ kernel: 'atomics' }, 4).kernel).toBe('atomics');
    vi.stubEnv('SYNCPOOL_KERNEL', 'atomics');
    expect(planRuntime({}, 4).kernel).toBe('atomics');
    expect(planRuntime({ kernel: 'wasm' }, 4).kernel).toBe('wasm');
    vi.stubEnv('SYNCPOOL_KERNEL', '');
    expect(planRuntime({}, 4).kernel).toBe('wasm');
  });

  test('refuses an unknown kernel and says where it came from', () => {
    const kernel = 'native';
    expectRefusal(() => planRuntime(untyped({ kernel }), 4), RangeError, ['kernel', 'native', "'wasm', 'atomics'"]);
    vi.stubEnv('SYNCPOOL_KERNEL', kernel);
    expectRefusal(() => planRuntime({}, 4), RangeError, ['SYNCPOOL_KERNEL', 'native', "'wasm', 'atomics'"]);
  });

  test('refuses a key that is no option, and names those that are', () => {
    const known = ['name', 'maxBytes', 'maxProcessors', 'maxClasses', 'kernel'];
    expectRefusal(() => planRuntime(untyped({ maxByte: MiB }), 4), TypeError, ['maxByte', 'createRuntime', ...known]);
  });

  test('refuses options that are no object with a TypeError', () => {
    for (const options of [null, 5, 'default']) {
      expectRefusal(() => planRuntime(untyped(options), 4), TypeError, ['createRuntime', 'an object']);
    }
  });
});

describe('a name', () => {
  test('has 1 to 128 bytes of UTF-8', () => {
    for (const name of ['a', 'x'.repeat(128), 'é'.repeat(64)]) expect(nameOption('name', name)).toBe(name);
    for (const name of ['', 'x'.repeat(129), 'é'.repeat(65)]) {
      expectRefusal(() => nameOption('pool name', name), RangeError, [
        'pool name',
        '1 to 128 bytes',
        name.slice(0, 40),
      ]);
    }
  });

  test('is a string, else the error is a TypeError', () => {
    for (const name of [5, undefined, null, {}, ['a']]) {
      expectRefusal(() => nameOption('pool name', name), TypeError, ['pool name', 'a string']);
    }
  });
});

describe('an integer option', () => {
  test('is itself within its limits and refused outside, by name, value and limits', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), fc.nat(), (value, least, span) => {
        const most = least + span;
        if (value >= least && value <= most) expect(integerOption('n', value, least, most)).toBe(value);
        else expectRefusal(() => integerOption('n', value, least, most), RangeError, ['n must', value, least, most]);
      }),
    );
  });
});

describe('pool', () => {
  const valid = { blockSize: 4 * KiB, maxBytes: MiB };

  test('takes one size or several, ascending in the plan', () => {
    const others = {
      retainBytes: 4095 * MiB,
      drainOn: 'interval',
      drainEveryMs: 10_000,
      decayMs: 5_000,
      onExhausted: 'throw',
      onDrop: 'count',
      wipe: 'never',
      debugOneIn: 0,
      adaptive: false,
    };
    expect(planPool('p', valid)).toEqual({
      sizes: [4 * KiB],
      sizeRetainBytes: [4095 * MiB],
      maxBytes: MiB,
      ...others,
    });
    const sizes = Object.freeze([64 * KiB, 256, 4 * KiB]);
    expect(planPool('p', { sizes, maxBytes: MiB, onExhausted: 'heap' })).toEqual({
      sizes: [256, 4 * KiB, 64 * KiB],
      sizeRetainBytes: [4095 * MiB, 4095 * MiB, 4095 * MiB],
      maxBytes: MiB,
      ...others,
      onExhausted: 'heap',
    });
  });

  test('watches all leases, one of a number, or none', () => {
    for (const [debug, oneIn] of [
      [true, 1],
      [false, 0],
      [{ oneIn: 1 }, 1],
      [{ oneIn: 1_000_000 }, 1_000_000],
    ] as const) {
      expect(planPool('p', { ...valid, debug }).debugOneIn).toBe(oneIn);
    }
    for (const oneIn of [0, -1, 1.5, 1_000_001, Number.NaN]) {
      expectRefusal(() => planPool('p', { ...valid, debug: { oneIn } }), RangeError, [
        'debug.oneIn',
        oneIn,
        1,
        1_000_000,
      ]);
    }
    for (const debug of ['all', {}, { oneIn: '3' }, { oneIn: 1, every: 2 }]) {
      expectRefusal(() => planPool('p', { ...valid, debug: debug as never }), TypeError, ['debug']);
    }
  });

  test('needs no sizes if it is adaptive: powers of two from 1 KiB to the largest of which 16 fit, 32 MiB at most', () => {
    const sizesOf = (maxBytes: number) => planPool('p', { adaptive: true, maxBytes }).sizes;
    expect(sizesOf(KiB)).toEqual([KiB]);
    expect(sizesOf(32 * KiB - 1)).toEqual([KiB]);
    expect(sizesOf(32 * KiB)).toEqual([KiB, 2 * KiB]);
    expect(sizesOf(16 * MiB)).toEqual(Array.from({ length: 11 }, (_, i) => KiB * 2 ** i));
    expect(sizesOf(4095 * MiB).at(-1)).toBe(32 * MiB);
    expect(planPool('p', { ...valid, adaptive: true })).toMatchObject({ sizes: [4 * KiB], adaptive: true });
    expectRefusal(() => planPool('p', { adaptive: true, maxBytes: KiB - 1 }), RangeError, ['maxBytes', KiB, KiB - 1]);
    expectRefusal(() => planPool('p', { adaptive: true } as never), TypeError, ['maxBytes', 'undefined']);
    for (const adaptive of ['yes', 1, {}]) {
      expectRefusal(() => planPool('p', { ...valid, adaptive: adaptive as never }), TypeError, ['adaptive', 'boolean']);
    }
  });

  test('needs either sizes or blockSize', () => {
    for (const options of [{ maxBytes: MiB }, { ...valid, sizes: [4 * KiB] }]) {
      expectRefusal(() => planPool('bodies', options), TypeError, ['"bodies"', 'sizes', 'blockSize']);
    }
  });

  const blockSizes: [value: unknown, errorClass: ErrorClass][] = [
    [255, RangeError],
    [1024 * MiB + 1, RangeError],
    [0, RangeError],
    [-4096, RangeError],
    [4096.5, RangeError],
    [Number.NaN, RangeError],
    ['4096', TypeError],
    [null, TypeError],
    [4096n, TypeError],
  ];
  for (const [value, errorClass] of blockSizes) {
    test(`refuses ${typeof value} ${String(value)} as blockSize and among sizes with a ${errorClass.name}`, () => {
      const limits = [256, 1024 * MiB, String(value)];
      expectRefusal(() => planPool('p', untyped({ ...valid, blockSize: value })), errorClass, ['blockSize', ...limits]);
      const sizes = untyped<PoolOptions>({ sizes: [4096, value], maxBytes: MiB });
      expectRefusal(() => planPool('p', sizes), errorClass, ['sizes', ...limits]);
    });
  }

  test('takes 1 to 32 sizes, and says how many were given', () => {
    const sizes = (count: number) => Array.from({ length: count }, (_, i) => 256 + i);
    expect(planPool('p', { sizes: sizes(32), maxBytes: MiB }).sizes).toHaveLength(32);
    expectRefusal(() => planPool('p', { sizes: [], maxBytes: MiB }), RangeError, ['sizes', '1 to 32', '0']);
    expectRefusal(() => planPool('p', { sizes: sizes(33), maxBytes: MiB }), RangeError, ['sizes', '1 to 32', '33']);
  });

  test('refuses sizes that are no array with a TypeError that names them', () => {
    for (const sizes of [4096, '4096', { 0: 4096 }, null]) {
      const act = () => planPool('p', untyped({ sizes, maxBytes: MiB }));
      expectRefusal(act, TypeError, ['sizes must be an array of 1 to 32']);
    }
  });

  test('refuses a hole among sizes', () => {
    const sizes = [4096, 8192];
    delete sizes[0];
    expectRefusal(() => planPool('p', { sizes, maxBytes: MiB }), TypeError, ['sizes', 256, 'undefined']);
  });

  test('refuses a size that is there twice', () => {
    expectRefusal(() => planPool('p', { sizes: [4096, 256, 4096], maxBytes: MiB }), RangeError, [
      'sizes',
      '4096,256,4096',
    ]);
  });

  test('takes maxBytes from one largest block on, rounded down to whole units of 64', () => {
    expect(planPool('p', { blockSize: 300, maxBytes: 320 }).maxBytes).toBe(320);
    expect(planPool('p', { blockSize: 300, maxBytes: 383 }).maxBytes).toBe(320);
    expect(planPool('p', { blockSize: 300, maxBytes: MOST_BYTES }).maxBytes).toBe(MOST_BYTES);
    for (const maxBytes of [319, 0, -1, MOST_BYTES + 1, 400.5, Number.NaN]) {
      expectRefusal(() => planPool('p', { blockSize: 300, maxBytes }), RangeError, [
        'maxBytes',
        320,
        MOST_BYTES,
        maxBytes,
      ]);
    }
  });

  test('refuses maxBytes left out or of another type with a TypeError', () => {
    for (const maxBytes of [undefined, null, '1048576', {}]) {
      const act = () => planPool('p', untyped({ blockSize: 4096, maxBytes }));
      expectRefusal(act, TypeError, ['maxBytes', 4096, MOST_BYTES]);
    }
  });

  test('refuses another onExhausted, and names the choices', () => {
    const act = () => planPool('p', untyped({ ...valid, onExhausted: 'wait' }));
    expectRefusal(act, RangeError, ['onExhausted', 'wait', "'throw', 'heap'"]);
    expectRefusal(() => planPool('p', untyped({ ...valid, onExhausted: 5 })), TypeError, [
      'onExhausted',
      "'throw', 'heap'",
    ]);
  });

  test('wipes never unless asked to, and refuses another moment than put or get', () => {
    expect(planPool('p', valid).wipe).toBe('never');
    for (const wipe of ['never', 'put', 'get'] as const) expect(planPool('p', { ...valid, wipe }).wipe).toBe(wipe);
    const choices = ['wipe', "'never', 'put', 'get'"];
    expectRefusal(() => planPool('p', untyped({ ...valid, wipe: 'always' })), RangeError, ['always', ...choices]);
    expectRefusal(() => planPool('p', untyped({ ...valid, wipe: true })), TypeError, choices);
  });

  test('refuses a key that is no option, and names the pool and those that are', () => {
    const act = () => planPool('bodies', untyped({ ...valid, maxbytes: MiB }));
    expectRefusal(act, TypeError, [
      '"bodies"',
      'maxbytes',
      'sizes, blockSize, maxBytes, retainBytes, drain, decayMs, onExhausted',
    ]);
  });
});

test('a footprint is the size in whole units, and less than one more', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1024 * MiB }), (size) => {
      expect(footprint(size) % 64).toBe(0);
      expect(footprint(size) - size).toBeGreaterThanOrEqual(0);
      expect(footprint(size) - size).toBeLessThan(64);
    }),
  );
});
