// Random writes, resets and hand-overs of several ByteBuffers over one small pool, against plain Buffers. Classes are small, so
// that content grows out of its block all the time, and the pool is short, so that calls are refused in the middle.

import { type BufferPool, ByteBuffer, KiB, type Message, MiB, type Runtime } from '@syncpool/core';
import { expect, test } from 'vitest';
import { type Backend, BACKENDS, makeRuntime } from '../support/crew.ts';
import { pattern } from '../support/pattern.ts';
import { fc, upTo } from '../support/property.ts';

const RUNS = process.env.SYNCPOOL_DEEP === '1' ? 1500 : 150;
const BUFFERS = 3;
const SHAPES = [
  { sizes: [256, 1 * KiB, 4 * KiB], maxBytes: 64 * KiB },
  { sizes: [256], maxBytes: 16 * KiB },
] as const;

/** One of the numbers: how it is written, here and into a Buffer. */
const NUMBERS = ['UInt8', 'Int16BE', 'UInt32LE', 'DoubleBE', 'FloatLE'] as const;
const WIDTHS = { UInt8: 1, Int16BE: 2, UInt32LE: 4, DoubleBE: 8, FloatLE: 4 };

interface Pair {
  real: ByteBuffer;
  model: Buffer;
}

interface World {
  readonly pool: BufferPool;
  readonly pairs: Pair[];
  readonly sent: { readonly messages: readonly Message[]; readonly content: Buffer }[];
}

type Step = (world: World, pair: Pair) => void | Promise<void>;

function codeOf(error: unknown): string | undefined {
  return (error as { code?: string }).code;
}

/** Adds to both, or, when the pool has no block, to none. */
function add(pair: Pair, bytes: Buffer, write: (real: ByteBuffer) => void): void {
  try {
    write(pair.real);
  } catch (error) {
    if (codeOf(error) !== 'ERR_SYNCPOOL_EXHAUSTED') throw error;
    return;
  }
  pair.model = Buffer.concat([pair.model, bytes]);
}

function expectSame({ real, model }: Pair): void {
  expect(real.length).toBe(model.length);
  expect(real.bytes().equals(model)).toBe(true);
  expect(real.capacity).toBeGreaterThanOrEqual(real.length);
}

function receive({ pool, sent }: World): void {
  const one = sent.shift();
  if (one === undefined) return;
  const parts = one.messages.map((message) => {
    const buffer = pool.adopt(message);
    const part = Buffer.from(buffer.subarray(0, buffer.usedLength));
    pool.put(buffer);
    return part;
  });
  expect(Buffer.concat(parts).equals(one.content)).toBe(true);
}

function replace(world: World, pair: Pair, messages: readonly Message[]): void {
  world.sent.push({ messages, content: pair.model });
  pair.real = new ByteBuffer(world.pool);
  pair.model = Buffer.alloc(0);
}

const steps: fc.Arbitrary<[name: string, step: Step]> = fc.oneof(
  fc
    .tuple(upTo(6000), fc.nat(99))
    .map(([length, salt]): [string, Step] => [
      `bytes(${length})`,
      (_, pair) => add(pair, pattern(length, salt), (real) => expect(real.write(pattern(length, salt))).toBe(length)),
    ]),
  {
    weight: 3,
    arbitrary: fc
      .tuple(upTo(40), fc.nat(99))
      .map(([length, salt]): [string, Step] => [
        `few bytes(${length})`,
        (_, pair) => add(pair, pattern(length, salt), (real) => expect(real.write(pattern(length, salt))).toBe(length)),
      ]),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.string({ unit: 'binary', maxLength: 20 }), upTo(300), fc.constantFrom('', '\ud83d', '\udc1f'))
      .map(([text, times, half]): [string, Step] => {
        const whole = text.repeat(times % 7 === 0 ? times : 1) + half;
        return [
          `text(${whole.length})`,
          (_, pair) =>
            add(pair, Buffer.from(whole), (real) => expect(real.write(whole)).toBe(Buffer.byteLength(whole))),
        ];
      }),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.constantFrom(...NUMBERS), fc.nat(255), upTo(100))
      .map(([name, value, times]): [string, Step] => [
        `${times} ${name}`,
        (_, pair) => {
          for (let i = 0; i < times; i++) {
            const bytes = Buffer.alloc(WIDTHS[name]);
            bytes[`write${name}`](value, 0);
            add(pair, bytes, (real) => real[`write${name}`](value));
          }
        },
      ]),
  },
  fc.constant<[string, Step]>([
    'reset',
    (_, pair) => {
      pair.real.reset();
      pair.model = Buffer.alloc(0);
    },
  ]),
  upTo(9000).map((size): [string, Step] => [
    `dispose, new(${size})`,
    ({ pool }, pair) => {
      pair.real[Symbol.dispose]();
      pair.real = new ByteBuffer(pool, size);
      pair.model = Buffer.alloc(0);
    },
  ]),
  fc.constant<[string, Step]>([
    'detach',
    (world, pair) => {
      try {
        replace(world, pair, [pair.real.detach()]);
      } catch (error) {
        const isLarge = pair.model.length > (world.pool.sizes.at(-1) as number);
        expect(codeOf(error)).toBe(`ERR_SYNCPOOL_${isLarge ? 'INVALID_SIZE' : 'EXHAUSTED'}`);
      }
    },
  ]),
  fc.constant<[string, Step]>(['detachAll', (world, pair) => replace(world, pair, pair.real.detachAll())]),
  fc.constant<[string, Step]>(['receive', receive]),
  fc.nat(BUFFERS - 1).map((which): [string, Step] => [
    `write ${which}`,
    ({ pairs }, pair) => {
      const other = pairs[which] as Pair;
      add(pair, other.model, (real) => real.write(other.real.bytes()));
    },
  ]),
  fc.nat(BUFFERS - 1).map((which): [string, Step] => [
    `${which} writeTo`,
    async ({ pairs }, pair) => {
      // Into another, or itself: what is written is what was there at the beginning.
      const other = pairs[which] as Pair;
      const { model } = other;
      const before = pair.model;
      try {
        expect(await other.real.writeTo(pair.real.toWritable().on('error', () => undefined))).toBe(model.length);
        pair.model = Buffer.concat([before, model]);
      } catch (error) {
        expect(codeOf(error)).toBe('ERR_SYNCPOOL_EXHAUSTED');
        pair.model = Buffer.concat([before, model]).subarray(0, pair.real.length);
      }
    },
  ]),
);

function makeWorld(runtime: Runtime, shape: (typeof SHAPES)[number]): World {
  const pool = runtime.pool('bytes', { ...shape, sizes: [...shape.sizes] });
  const pairs = Array.from({ length: BUFFERS }, () => ({ real: new ByteBuffer(pool), model: Buffer.alloc(0) }));
  return { pool, pairs, sent: [] };
}

async function play(kernel: Backend, shape: (typeof SHAPES)[number], moves: Iterable<[number, [string, Step]]>) {
  const runtime = makeRuntime(kernel, { maxBytes: MiB, maxProcessors: 1, maxClasses: 4 });
  try {
    const world = makeWorld(runtime, shape);
    for (const [which, [, step]] of moves) {
      await step(world, world.pairs[which] as Pair);
      for (const pair of world.pairs) expectSame(pair);
    }
    while (world.sent.length > 0) receive(world);
    for (const { real } of world.pairs) real[Symbol.dispose]();
    const { leased, gets, puts } = world.pool.stats().totals;
    expect({ leased, puts }).toEqual({ leased: 0, puts: gets });
    expect(runtime.audit()).toMatchObject({ unaccounted: 0, detached: 0 });
  } finally {
    runtime.close();
  }
}

for (const kernel of BACKENDS) {
  test.each(SHAPES)(`random calls do what they do to Buffers (${kernel}, $sizes)`, async (shape) => {
    const moves = fc.array(fc.tuple(fc.nat(BUFFERS - 1), steps), { maxLength: 60, size: 'max' });
    await fc.assert(
      fc.asyncProperty(moves, (list) => play(kernel, shape, list)),
      { numRuns: RUNS, interruptAfterTimeLimit: 90_000 },
    );
  });
}
