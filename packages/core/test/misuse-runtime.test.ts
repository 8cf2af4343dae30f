// What may be done wrong with runtimes and pools: each is refused by code, and changes nothing.

import {
  attachRuntime,
  type BufferPool,
  createRuntime,
  KiB,
  MiB,
  type PoolOptions,
  type Runtime,
  type RuntimeOptions,
  type RuntimeToken,
} from '@syncpool/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { geometryOf } from '../src/host/geometry.ts';
import { LAYOUT_VERSION } from '../src/kernel/layout.ts';
import { BACKENDS, makeRuntime, runCrew } from './support/crew.ts';
import { createBarrier } from './support/barrier.ts';
import { importCopy, importStranger } from './support/package-copy.ts';
import { expectError, expectRefusal, expectThrow, type Refusal } from './support/refusal.ts';

const LIMITS = { maxBytes: 2 * MiB, maxProcessors: 2, maxClasses: 4 } as const;
const OPTIONS = { sizes: [1 * KiB, 8 * KiB], maxBytes: 64 * KiB } as const;
const OTHER_LAYOUT = 4711;

function invalid(type: typeof TypeError | typeof RangeError, ...names: string[]): Refusal {
  return { code: 'ERR_SYNCPOOL_INVALID_OPTION', type, names };
}

describe.each(BACKENDS)('on %s', (kernel) => {
  let runtime: Runtime;
  let pool: BufferPool;
  const refuses = (what: () => unknown, refusal: Refusal) => expectRefusal(runtime, [pool], what, refusal);

  beforeEach(() => {
    runtime = makeRuntime(kernel, LIMITS);
    pool = runtime.pool('bodies', OPTIONS);
  });
  afterEach(() => runtime.close());

  test('a second runtime of a name is refused, and the first is what attach gives', () => {
    refuses(() => createRuntime({ ...LIMITS, name: runtime.name }), {
      code: 'ERR_SYNCPOOL_EXISTS',
      names: [runtime.name],
    });
    expect(attachRuntime(runtime.name)).toBe(runtime);
    expect(attachRuntime(runtime.token)).toBe(runtime);
  });

  test('a runtime that nobody made cannot be attached to', () => {
    refuses(() => attachRuntime('nobody made it'), { code: 'ERR_SYNCPOOL_NO_RUNTIME', names: ['"nobody made it"'] });
    for (const wrong of [7, null, {}, { name: 'x' }, []]) {
      refuses(() => attachRuntime(wrong as unknown as RuntimeToken), invalid(TypeError, 'token'));
    }
    refuses(() => attachRuntime(''), invalid(RangeError, 'runtime name', '128'));
  });

  const wrongRuntimes: [RuntimeOptions, Refusal][] = [
    [{ maxBytes: MiB - 1 }, invalid(RangeError, 'maxBytes', '1048575', '1048576')],
    [{ maxBytes: 4096 * MiB }, invalid(RangeError, 'maxBytes', '4294967296')],
    [{ maxBytes: 1.5 * MiB + 0.5 }, invalid(RangeError, 'maxBytes')],
    [{ maxProcessors: 0 }, invalid(RangeError, 'maxProcessors', '1024')],
    [{ maxProcessors: 1025 }, invalid(RangeError, 'maxProcessors', '1025', '1024')],
    [{ maxClasses: Number.NaN }, invalid(RangeError, 'maxClasses', 'NaN')],
    [{ name: '' }, invalid(RangeError, 'name', '128')],
    [{ name: 'ü'.repeat(65) }, invalid(RangeError, 'name', '128')],
    [{ kernel: 'asm' as 'wasm' }, invalid(RangeError, 'kernel', '"asm"', 'atomics')],
    [{ maxByte: MiB } as RuntimeOptions, invalid(TypeError, '"maxByte"', 'maxBytes')],
    [null as unknown as RuntimeOptions, invalid(TypeError, 'null')],
  ];
  test.each(wrongRuntimes)('createRuntime(%o) is refused', (options, refusal) => {
    expectThrow(() => createRuntime(options), refusal);
  });

  const wrongPools: [string, PoolOptions | object, Refusal][] = [
    ['p', { ...OPTIONS, maxBites: 1 }, invalid(TypeError, '"p"', '"maxBites"')],
    ['p', { maxBytes: MiB }, invalid(TypeError, '"p"', 'sizes', 'blockSize')],
    ['p', { sizes: [KiB], blockSize: KiB, maxBytes: MiB }, invalid(TypeError, 'not both')],
    ['p', { sizes: [], maxBytes: MiB }, invalid(RangeError, 'sizes', '32', '0')],
    [
      'p',
      { sizes: Array.from({ length: 33 }, (_, i) => KiB * (i + 1)), maxBytes: MiB },
      invalid(RangeError, 'sizes', '32', '33'),
    ],
    ['p', { sizes: [KiB, KiB], maxBytes: MiB }, invalid(RangeError, 'sizes', '1024,1024')],
    ['p', { sizes: [KiB, 255], maxBytes: MiB }, invalid(RangeError, 'sizes', '255', '256')],
    ['p', { blockSize: 2 ** 30 + 1, maxBytes: MiB }, invalid(RangeError, 'blockSize', '1073741825', '1073741824')],
    ['p', { blockSize: KiB }, invalid(TypeError, 'maxBytes', 'undefined')],
    ['p', { blockSize: KiB, maxBytes: KiB - 1 }, invalid(RangeError, 'maxBytes', '1024', '1023')],
    ['p', { blockSize: KiB, maxBytes: MiB, onExhausted: 'wait' }, invalid(RangeError, 'onExhausted', '"wait"', 'heap')],
    [
      'p',
      { blockSize: KiB, maxBytes: 2 * MiB },
      invalid(RangeError, '"p"', '2097152', String(2 * MiB - 64 * KiB), 'maxBytes'),
    ],
    ['p', { sizes: [256, 512, 1024], maxBytes: MiB }, invalid(RangeError, '"p"', '3 size classes', '2', 'maxClasses')],
    ['', OPTIONS, invalid(RangeError, 'pool name', '128')],
    ['n'.repeat(129), OPTIONS, invalid(RangeError, 'pool name', '128')],
    ['p', 7 as unknown as object, invalid(TypeError, '"p"', '7')],
  ];
  test.each(wrongPools)('pool(%o, %o) is refused, and makes no pool', (name, options, refusal) => {
    refuses(() => runtime.pool(name, options as PoolOptions), refusal);
    expect(runtime.pools().map((one) => one.name)).toEqual(['bodies']);
    // The entry that it would have had is the next pool's.
    expect(runtime.pool('next', { blockSize: KiB, maxBytes: 16 * KiB }).get()).toHaveLength(KiB);
  });

  test('names of 1 and 128 bytes are names', () => {
    const small = { blockSize: 256, maxBytes: 256 };
    expect(runtime.pool('ü'.repeat(64), small).name).toBe('ü'.repeat(64));
    expect(runtime.pool('n', small).stats().name).toBe('n');
    expect(runtime.pools().map((one) => one.name)).toEqual(['bodies', 'ü'.repeat(64), 'n']);
  });

  test('a pool that nobody opened needs options', () => {
    refuses(() => runtime.pool('unheard of'), { code: 'ERR_SYNCPOOL_NO_POOL', names: ['"unheard of"'] });
  });

  test('a pool reopened is the same object, with none or the same options, in any order', () => {
    expect(runtime.pool('bodies')).toBe(pool);
    expect(runtime.pool('bodies', OPTIONS)).toBe(pool);
    expect(runtime.pool('bodies', { ...OPTIONS, sizes: [8 * KiB, 1 * KiB], onExhausted: 'throw' })).toBe(pool);
  });

  test('a pool reopened with other options is refused, and each of them is named', () => {
    const reopen = (change: PoolOptions, ...names: string[]) =>
      refuses(() => runtime.pool('bodies', { ...OPTIONS, ...change }), {
        code: 'ERR_SYNCPOOL_POOL_MISMATCH',
        names: ['"bodies"', `(${names.join(', ')})`],
      });
    reopen({ maxBytes: 32 * KiB }, 'maxBytes');
    reopen({ sizes: [1 * KiB] }, 'sizes');
    reopen({ onExhausted: 'heap' }, 'onExhausted');
    reopen({ sizes: [2 * KiB], maxBytes: 32 * KiB, onExhausted: 'heap' }, 'sizes', 'maxBytes', 'onExhausted');
  });

  test('of pools there are 64', () => {
    const many = makeRuntime(kernel, { ...LIMITS, maxBytes: 64 * MiB, maxClasses: 70 });
    const open = (i: number) => many.pool(`pool ${i}`, { blockSize: 256, maxBytes: 256 });
    const pools = Array.from({ length: 64 }, (_, i) => open(i));
    expectRefusal(many, pools.slice(0, 1), () => open(64), invalid(RangeError, '"pool 64"', 'pools', '0 left'));
    expect(open(63)).toBe(pools[63]);
    many.close();
  });

  test('eight threads that open one pool at the same time get the same pool', async () => {
    const shared = makeRuntime(kernel, { ...LIMITS, maxProcessors: 9 });
    const barrier = createBarrier();
    const crew = Array.from({ length: 8 }, (_, i) => ({
      runtime: shared.name,
      barrier,
      parties: 8,
      block: 1 + (i % 2),
    }));
    const seen = await runCrew<{ first: number; code?: string }>('opener', crew);
    // Half asked for one size and half for another: whoever was first has his way, the others are told.
    const [entry] = shared.pools();
    expect(shared.pools()).toHaveLength(1);
    const refused = seen.filter((one) => one.code === 'ERR_SYNCPOOL_POOL_MISMATCH');
    expect(refused).toHaveLength(4);
    const sizes = seen.filter((one) => one.code === undefined).map((one) => one.first);
    expect(sizes).toEqual(Array.from({ length: 4 }, () => entry?.sizes[0]));
    shared.close();
  });

  test('a full table of processors refuses the next thread, until one leaves', async () => {
    const strangers = [await importStranger(), await importStranger()] as const;
    const second = strangers[0].attachRuntime(runtime.token);
    const refusal = { code: 'ERR_SYNCPOOL_TOO_MANY_PROCESSORS', names: ['2', 'maxProcessors', 'leave()'] } as const;
    const before = runtime.stats();
    try {
      strangers[1].attachRuntime(runtime.token);
      expect.unreachable();
    } catch (error) {
      // The other copy's class of the same name.
      expect(error).toMatchObject({ code: refusal.code, name: 'SyncPoolError' });
      for (const name of refusal.names) expect((error as Error).message).toContain(name);
    }
    expect(runtime.stats()).toEqual(before);
    second.leave();
    const third = strangers[1].attachRuntime(runtime.token);
    expect(third.pool('bodies').get(1)).toHaveLength(KiB);
    expect(runtime.stats().processors).toEqual({ live: 2, max: 2 });
  });

  test('a second copy of the package shares the runtime, and its buffers are the pool’s', async () => {
    const copy = await importCopy();
    expect(copy.attachRuntime).not.toBe(attachRuntime);
    const shared = copy.attachRuntime(runtime.name);
    expect(shared).toBe(runtime);
    const buffer = shared.pool('bodies').get(1);
    pool.put(buffer);
    try {
      copy.createRuntime({ ...LIMITS, name: runtime.name });
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: 'ERR_SYNCPOOL_EXISTS' });
    }
  });

  test('a copy of another layout version fails, and names both versions', async () => {
    const version: [string, string] = [
      `const LAYOUT_VERSION = ${LAYOUT_VERSION};`,
      `const LAYOUT_VERSION = ${OTHER_LAYOUT};`,
    ];
    const copy = await importCopy(version);
    const stranger = await importCopy(version, ['Symbol.for("@syncpool/core")', 'Symbol("a thread of its own")']);
    for (const attach of [() => copy.attachRuntime(runtime.name), () => stranger.attachRuntime(runtime.token)]) {
      try {
        attach();
        expect.unreachable();
      } catch (error) {
        expect(error).toMatchObject({ code: 'ERR_SYNCPOOL_LAYOUT_MISMATCH', name: 'SyncPoolError' });
        expect((error as Error).message).toMatch(/layout version (is )?(\d+), this (copy|one)/);
        for (const version of [LAYOUT_VERSION, OTHER_LAYOUT])
          expect((error as Error).message).toContain(String(version));
      }
    }
  });

  test.each(Object.keys(geometryOf(LIMITS).header))('a header whose %s disagrees is named', (field) => {
    const tampered = makeRuntime(kernel, LIMITS);
    const { token } = tampered;
    const { control } = token;
    const words = new Int32Array(control.kernel === 'wasm' ? control.memory.buffer : control.memory);
    const [at, value] = geometryOf(LIMITS).header[field] as readonly [number, number];
    words[at / 4] = value + 1;
    const refusal = {
      code: 'ERR_SYNCPOOL_LAYOUT_MISMATCH',
      names: [`${field} is ${value + 1}`, `expects ${value}`],
    } as const;
    expectThrow(() => attachRuntime({ ...token, name: 'under another name' }), refusal);
    words[at / 4] = value;
    tampered.close();
  });

  test('a token whose limits or memories are not the runtime’s is refused', () => {
    const attach = (change: Partial<RuntimeToken>) => () =>
      attachRuntime({ ...runtime.token, name: 'changed', ...change });
    const mismatch = (name: string): Refusal => ({ code: 'ERR_SYNCPOOL_LAYOUT_MISMATCH', names: [name] });
    refuses(attach({ maxBytes: 40 * MiB }), mismatch('control memory length'));
    refuses(attach({ maxBytes: 2 * MiB - 64 }), mismatch('maxBytes / 64'));
    refuses(attach({ data: new SharedArrayBuffer(64) }), mismatch('data memory length'));
  });
});

test('SYNCPOOL_KERNEL must name a kernel', () => {
  const before = process.env.SYNCPOOL_KERNEL;
  process.env.SYNCPOOL_KERNEL = 'wasn';
  try {
    createRuntime({ ...LIMITS, name: 'kernel by environment' });
    expect.unreachable();
  } catch (error) {
    expectError(error, invalid(RangeError, 'SYNCPOOL_KERNEL', '"wasn"'));
  } finally {
    if (before === undefined) delete process.env.SYNCPOOL_KERNEL;
    else process.env.SYNCPOOL_KERNEL = before;
  }
});
