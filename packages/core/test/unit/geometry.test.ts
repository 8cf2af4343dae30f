// How control memory is divided: whatever the limits, each region has room for all it may hold.

import { describe, expect, test } from 'vitest';
import { type Geometry, geometryOf, MAX_POOLS } from '../../src/host/geometry.ts';
import * as layout from '../../src/kernel/layout.ts';
import { INDEX_BITS } from '../../src/kernel/widths.ts';
import { MiB, MOST_BYTES, MOST_CLASSES, MOST_PROCESSORS, MOST_SLABS } from '../../src/options.ts';
import { fc } from '../support/property.ts';

interface Limits {
  readonly maxBytes: number;
  readonly maxProcessors: number;
  readonly maxClasses: number;
}

const anyLimits: fc.Arbitrary<Limits> = fc.record({
  maxBytes: fc.oneof(fc.integer({ min: MiB, max: MOST_BYTES }), fc.constantFrom(MiB, MOST_BYTES)),
  maxProcessors: fc.oneof(fc.integer({ min: 1, max: 64 }), fc.integer({ min: 1, max: MOST_PROCESSORS })),
  maxClasses: fc.oneof(fc.integer({ min: 1, max: 64 }), fc.integer({ min: 1, max: MOST_CLASSES })),
});

/** The geometry, or undefined where the limits ask for too much. */
function tryGeometry(limits: Limits): Geometry | undefined {
  try {
    return geometryOf(limits);
  } catch {
    return undefined;
  }
}

function field(geometry: Geometry, name: string): number {
  const entry = geometry.header[name];
  if (entry === undefined) throw new Error(`the header has no ${name}`);
  return entry[1];
}

/** Bytes that each region must have, said anew from the strides. */
function needs(geometry: Geometry): [name: string, bytes: number][] {
  const { maxProcessors, maxClasses, slabCount } = geometry;
  const cells = maxProcessors * maxClasses;
  return [
    ['pools at', MAX_POOLS * layout.POOL_STRIDE],
    ['classes at', maxClasses * layout.CLASS_STRIDE],
    ['rows at', maxProcessors * layout.ROW_STRIDE],
    ['domains at', maxProcessors * layout.MOST_DOMAINS * layout.DOMAIN_STRIDE],
    ['deques at', cells * layout.DEQUE_STRIDE],
    ['counters at', cells * layout.COUNTER_STRIDE],
    ['lengths at', cells * layout.LENGTHS_STRIDE],
    ['steals at', cells * maxProcessors * layout.STEAL_BYTES],
    ['slabs at', (slabCount + 1) * layout.SLAB_STRIDE],
    ['rings at', cells * field(geometry, 'ring slots') * 4],
    ['lines at', (slabCount + 1) * layout.BLOCKS_PER_SLAB * layout.LINE],
    ['traces at', layout.TRACES * layout.TRACE_STRIDE],
  ];
}

function forAnyGeometry(check: (geometry: Geometry, limits: Limits) => void): void {
  let checked = 0;
  fc.assert(
    fc.property(anyLimits, (limits) => {
      const geometry = tryGeometry(limits);
      if (geometry === undefined) return;
      checked += 1;
      check(geometry, limits);
    }),
  );
  expect(checked).toBeGreaterThan(100);
}

describe('the regions of control memory', () => {
  test('start on lines, follow the header, and do not overlap', () => {
    forAnyGeometry((geometry) => {
      let end: number = layout.HEADER_BYTES;
      const regions = needs(geometry).map(([name, bytes]) => ({ at: field(geometry, name), bytes }));
      for (const { at, bytes } of regions.sort((a, b) => a.at - b.at)) {
        expect(at % layout.LINE).toBe(0);
        expect(at).toBeGreaterThanOrEqual(end);
        end = at + bytes;
      }
      expect(geometry.controlBytes).toBeGreaterThanOrEqual(end);
    });
  });

  test('have the lines on pages, so that those of a slab touch no page that they do not fill', () => {
    forAnyGeometry((geometry) => expect(field(geometry, 'lines at') % 4096).toBe(0));
  });

  test('are all in the header, which has no other region', () => {
    const geometry = geometryOf({ maxBytes: 256 * MiB, maxProcessors: 16, maxClasses: 64 });
    const regions = Object.keys(geometry.header).filter((name) => name.endsWith(' at'));
    expect(regions.sort()).toEqual(
      needs(geometry)
        .map(([name]) => name)
        .sort(),
    );
  });

  test('end below 2 GiB, on a page of WebAssembly memory', () => {
    forAnyGeometry((geometry) => {
      expect(geometry.controlBytes).toBeLessThan(2 ** 31);
      expect(geometry.controlBytes % 65536).toBe(0);
    });
  });
});

describe('the header', () => {
  test('has a word of its own for each field, on the lines that never change', () => {
    const { header } = geometryOf({ maxBytes: MiB, maxProcessors: 1, maxClasses: 1 });
    const places = Object.values(header).map(([at]) => at);
    expect(new Set(places).size).toBe(places.length);
    for (const at of places) {
      expect(at % 4).toBe(0);
      expect(at).toBeLessThan(layout.H_CLOSED);
    }
  });

  test('holds words only', () => {
    forAnyGeometry((geometry) => {
      for (const [, value] of Object.values(geometry.header)) expect(value | 0).toBe(value);
    });
  });
});

describe('the sizes that follow from the limits', () => {
  test('give data memory room for maxBytes, one slab more for each class, and 4 GiB less a slab at most', () => {
    forAnyGeometry((geometry, limits) => {
      const { slabCount, dataBytes } = geometry;
      expect(dataBytes).toBe(slabCount * layout.SLAB_BYTES);
      expect(dataBytes).toBeGreaterThanOrEqual(limits.maxBytes);
      expect(slabCount).toBeLessThanOrEqual(MOST_SLABS);
      const wanted = 2 * Math.ceil(limits.maxBytes / layout.SLAB_BYTES) + limits.maxClasses;
      expect(slabCount).toBe(Math.min(wanted, MOST_SLABS));
    });
  });

  test('give rings a power of two of slots, few enough for their indexes', () => {
    forAnyGeometry((geometry) => {
      const slots = field(geometry, 'ring slots');
      expect(Number.isInteger(Math.log2(slots))).toBe(true);
      expect(slots).toBeGreaterThanOrEqual(64);
      expect(slots).toBeLessThanOrEqual(2 ** (INDEX_BITS - 1));
    });
  });

  test('fit the hint bitmaps of a class and the bitmap of a slab', () => {
    expect((layout.C_SUMMARY - layout.C_NON_EMPTY) * 8).toBeGreaterThanOrEqual(MOST_PROCESSORS);
    expect((layout.CLASS_STRIDE - layout.C_SUMMARY) * 8).toBeGreaterThanOrEqual(MOST_SLABS + 1);
    expect((layout.SLAB_STRIDE - layout.S_BITMAP) * 8).toBeGreaterThanOrEqual(layout.BLOCKS_PER_SLAB);
    expect(layout.POOL_STRIDE - layout.P_NAME).toBeGreaterThanOrEqual(layout.NAME_BYTES);
  });
});

describe('limits that need too much control memory', () => {
  const tooMuch = { maxBytes: MOST_BYTES, maxProcessors: MOST_PROCESSORS, maxClasses: MOST_CLASSES };

  test('are refused with the code, the values, what they need and the limit', () => {
    expect(() => geometryOf(tooMuch)).toThrow(
      expect.objectContaining({
        code: 'ERR_SYNCPOOL_INVALID_OPTION',
        message: expect.stringMatching(/maxProcessors 1024 .*maxClasses 1024 needs \d{10,} bytes .*2147483647/),
      }),
    );
  });

  test('are refused with a RangeError, as every option out of range', () => {
    expect(() => geometryOf(tooMuch)).toThrow(RangeError);
  });

  test('are refused from the first byte on that a word cannot address', () => {
    // Limits that come to 2^31 bytes exactly.
    const exact = { maxBytes: 1542 * MiB, maxProcessors: 305, maxClasses: 1009 };
    expect(() => geometryOf(exact)).toThrow('needs 2147483648 bytes');
  });

  test('are the only ones refused: each limit alone may be at its most', () => {
    const least = { maxBytes: MiB, maxProcessors: 1, maxClasses: 1 };
    for (const key of ['maxBytes', 'maxProcessors', 'maxClasses'] as const) {
      expect(() => geometryOf({ ...least, [key]: tooMuch[key] })).not.toThrow();
    }
  });
});
