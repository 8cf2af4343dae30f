import { describe, expect, test } from 'vitest';
import { blockOf, PooledView } from '../../src/buffer.ts';
import { MiB, MOST_BYTES } from '../../src/options.ts';
import { ViewCache } from '../../src/view-cache.ts';
import { localMagazine } from '../support/local-pool.ts';
import { fc } from '../support/property.ts';

const magazine = localMagazine(256);
const memory = new SharedArrayBuffer(256);

function viewOf(block: number): PooledView {
  return new PooledView(memory, 0, magazine, block);
}

describe('the view cache', () => {
  test('gives back the very view that was kept, once', () => {
    const cache = new ViewCache(1000, 16 * MiB);
    const view = viewOf(4096);
    cache.keep(7, view);
    expect(cache.take(7, 4096)).toBe(view);
    expect(cache.take(7, 4096)).toBeUndefined();
  });

  test('gives nothing for a place never used, in a part never used', () => {
    const cache = new ViewCache(1000, 16 * MiB);
    expect(cache.take(0, 0)).toBeUndefined();
    cache.keep(0, viewOf(1));
    expect(cache.take(1, 1)).toBeUndefined();
    expect(cache.take(cache.capacity - 1, 1)).toBeUndefined();
  });

  test('gives nothing when another block stands at the place, and leaves it there', () => {
    const cache = new ViewCache(1000, 16 * MiB);
    const view = viewOf(1);
    cache.keep(3, view);
    expect(cache.take(3, 2)).toBeUndefined();
    expect(cache.take(3, 1)).toBe(view);
  });

  test('does what a table with one place for each key modulo its capacity does', () => {
    const steps = fc.array(
      fc.record({ keep: fc.boolean(), key: fc.integer({ min: 0, max: 2 ** 24 - 1 }), near: fc.boolean() }),
      { maxLength: 200 },
    );
    fc.assert(
      fc.property(steps, (all) => {
        const cache = new ViewCache(1, 16 * MiB);
        const table = new Map<number, PooledView>();
        for (const { keep, key: drawn, near } of all) {
          // Near keys meet again; the key serves as the block too, as different blocks share a place only by their keys.
          const key = near ? drawn % 700 : drawn;
          const place = key % cache.capacity;
          if (keep) {
            const view = viewOf(key);
            cache.keep(key, view);
            table.set(place, view);
          } else {
            const found = table.get(place);
            const isIt = found !== undefined && cache.take(key, key) === found;
            if (isIt) table.delete(place);
            else expect(cache.take(key, key)).toBeUndefined();
          }
        }
        for (const [place, view] of table) expect(cache.take(place, blockOf(view))).toBe(view);
      }),
      { numRuns: 100 },
    );
  });

  test('has room for all of a small pool, and is bounded in a large one', () => {
    expect(new ViewCache(0, MiB).capacity).toBe(256);
    expect(new ViewCache(300, 16 * MiB).capacity).toBe(512);
    expect(new ViewCache(2 ** 24, MiB).capacity).toBe(1024);
  });

  test('takes a power of two of places, for a sixteenth of the bytes of the pool at most', () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 24 }), fc.integer({ min: 256, max: MOST_BYTES }), (blocks, poolBytes) => {
        const { capacity } = new ViewCache(blocks, poolBytes);
        const most = Math.max(1024, poolBytes / 16 / 260);
        expect(Number.isInteger(Math.log2(capacity))).toBe(true);
        expect(capacity).toBeLessThanOrEqual(most);
        expect(capacity).toBeGreaterThanOrEqual(Math.min(blocks, most / 2 - 1));
      }),
    );
  });

  test('twins make it smaller: what stood beyond the new bound is dropped, the rest is found as before', () => {
    const cache = new ViewCache(2 ** 24, 64 * MiB);
    const { capacity } = cache;
    expect(capacity).toBe(8192);
    for (let key = 0; key < capacity; key++) cache.keep(key, viewOf(key));
    cache.expectTwins(2);
    expect(cache.capacity).toBe(4096);
    for (let key = 4096; key < capacity; key++) expect(cache.take(key, key)).toBeUndefined();
    for (let key = 0; key < 4096; key++) expect(cache.take(key, key)).toBeDefined();
    cache.expectTwins(1000);
    expect(cache.capacity).toBe(1024);
  });
});
