// Pages back to the operating system: on the kind of memory that a runtime makes, from any thread, and where it cannot be done.

import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { canReturnPages, returnPages } from '../../src/host/pages.ts';
import { MiB } from '../../src/options.ts';
import { copyPages, importPages } from '../support/pages-copy.ts';
import { pattern } from '../support/pattern.ts';
import { fc } from '../support/property.ts';
import { nextMessage, spawn } from '../support/worker.ts';
import type { ReturnTask } from '../workers/returns-pages.ts';

const answer = canReturnPages();
const reason = answer.can ? '' : answer.reason;
/** Where it is right that nothing returns. Any other reason is a fault. */
const isImpossible = ['not Linux', 'koffi is not installed'].includes(reason);
const note = `pages cannot be given back here: ${reason}`;

/** As the system says it, to somebody else than the module. */
const pageBytes =
  process.platform === 'linux' ? Number(execFileSync('getconf', ['PAGESIZE'], { encoding: 'utf8' })) : 4096;

/** Memory as a runtime makes it for its data. */
function growable(length: number): SharedArrayBuffer {
  return new SharedArrayBuffer(length, { maxByteLength: length });
}

/** Bytes of this process that are in memory, and not only reserved. */
function residentBytes(): number {
  return Number(readFileSync('/proc/self/statm', 'utf8').split(' ')[1]) * pageBytes;
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}

describe('giving pages back', () => {
  beforeEach((context) => context.skip(isImpossible, note));

  test('takes them out of resident memory', () => {
    const data = growable(160 * MiB);
    const before = residentBytes();
    new Uint8Array(data).fill(1);
    const full = residentBytes();
    expect(full - before).toBeGreaterThan(0.9 * 160 * MiB);
    expect(returnPages(data, 16 * MiB, 128 * MiB)).toBe(128 * MiB);
    expect(full - residentBytes()).toBeGreaterThan(0.9 * 128 * MiB);
  });

  test('leaves zeros, in memory that takes new bytes', () => {
    const data = growable(4 * MiB);
    const bytes = new Uint8Array(data).fill(0xa5);
    expect(returnPages(data, MiB, MiB)).toBe(MiB);
    expect(isZero(bytes.subarray(MiB, 2 * MiB))).toBe(true);
    const fresh = pattern(MiB);
    bytes.set(fresh, MiB);
    expect(fresh.equals(bytes.subarray(MiB, 2 * MiB))).toBe(true);
  });

  test('takes the whole pages within a range, and no byte beside them', () => {
    const length = 12 * pageBytes;
    const data = growable(length);
    const bytes = new Uint8Array(data);
    const near = fc.integer({ min: -2, max: 2 });
    // Anywhere, and about the borders of pages, where a range that is too wide by one would take a page more.
    const place = fc.oneof(
      fc.integer({ min: 0, max: length }),
      fc.tuple(fc.integer({ min: 0, max: 12 }), near).map(([page, by]) => page * pageBytes + by),
    );
    const places = fc.tuple(place, place).filter(([a, b]) => Math.min(a, b) >= 0 && Math.max(a, b) <= length);
    fc.assert(
      fc.property(places, ([a, b]) => {
        const [start, end] = [Math.min(a, b), Math.max(a, b)];
        bytes.fill(0xa5);
        const expected = Uint8Array.from(bytes);
        let returned = 0;
        for (let page = 0; page < length; page += pageBytes) {
          if (page < start || page + pageBytes > end) continue;
          expected.fill(0, page, page + pageBytes);
          returned += pageBytes;
        }
        expect(returnPages(data, start, end - start)).toBe(returned);
        expect(Buffer.compare(bytes, expected)).toBe(0);
      }),
      { numRuns: 200 },
    );
  });

  test('finds the place beyond 2 GiB', () => {
    const data = growable(3 * 1024 * MiB);
    const bytes = new Uint8Array(data);
    const at = 2560 * MiB;
    // Where the offset would lead if it lost its highest bit, if it became negative, and beside it.
    const others = [at - 2048 * MiB, 0, at - pageBytes, at + MiB];
    for (const other of others) bytes.fill(7, other, other + pageBytes);
    bytes.fill(7, at, at + MiB);
    expect(returnPages(data, at, MiB)).toBe(MiB);
    expect(isZero(bytes.subarray(at, at + MiB))).toBe(true);
    for (const other of others) expect(bytes.subarray(other, other + pageBytes).every((byte) => byte === 7)).toBe(true);
  });

  test('is refused, and does nothing, for memory that does not begin on a page', () => {
    const plain = new SharedArrayBuffer(MiB);
    const bytes = new Uint8Array(plain).fill(0xa5);
    expect(returnPages(plain, 0, MiB)).toBe(0);
    expect(bytes.every((byte) => byte === 0xa5)).toBe(true);
  });

  test('throws, and does nothing, for a range that is not all in the memory', () => {
    const data = growable(4 * pageBytes);
    const bytes = new Uint8Array(data).fill(0xa5);
    expect(() => returnPages(data, 2 * pageBytes, 3 * pageBytes)).toThrow(RangeError);
    expect(() => returnPages(data, -pageBytes, 2 * pageBytes)).toThrow(RangeError);
    expect(bytes.every((byte) => byte === 0xa5)).toBe(true);
  });
});

describe('giving pages back in a worker thread', () => {
  beforeEach((context) => context.skip(isImpossible, note));

  test('does the same, for all threads', async () => {
    const data = growable(2 * MiB);
    const bytes = new Uint8Array(data).fill(0xa5);
    const task: ReturnTask = { data, offsetBytes: MiB, lengthBytes: MiB };
    expect(await nextMessage(spawn('returns-pages', task))).toEqual({ can: true, bytes: MiB });
    expect(bytes.subarray(0, MiB).every((byte) => byte === 0xa5)).toBe(true);
    expect(isZero(bytes.subarray(MiB))).toBe(true);
  });

  test('loses nothing that another thread writes beside them at the same time', async () => {
    const data = growable(3 * pageBytes);
    const words = new Int32Array(new SharedArrayBuffer(8));
    const worker = spawn('returns-pages', { data, offsetBytes: pageBytes, lengthBytes: pageBytes, words });
    const ended = once(worker, 'exit');
    Atomics.wait(words, 0, 0, 60_000);
    const beside = [new Uint32Array(data, 0, pageBytes / 4), new Uint32Array(data, 2 * pageBytes)];
    let rounds = 0;
    while (Atomics.load(words, 0) < 200 && rounds < 1_000_000) {
      rounds += 1;
      for (const neighbour of beside) for (let i = 0; i < neighbour.length; i++) neighbour[i] = (neighbour[i] ?? 0) + 1;
    }
    expect(Atomics.load(words, 0)).toBeGreaterThanOrEqual(200);
    Atomics.store(words, 1, 1);
    await ended;
    for (const neighbour of beside) expect(neighbour.every((count) => count === rounds)).toBe(true);
  });

  test('can be cut short by the end of the thread', async () => {
    const data = growable(MiB);
    const words = new Int32Array(new SharedArrayBuffer(8));
    const worker = spawn('returns-pages', { data, offsetBytes: 0, lengthBytes: MiB, words });
    expect(Atomics.wait(words, 0, 0, 60_000)).not.toBe('timed-out');
    await worker.terminate();
    new Uint8Array(data).fill(1);
    expect(returnPages(data, 0, MiB)).toBe(MiB);
  });
});

/** A koffi that answers in JavaScript; `madvise` is a function of the pages, their number of bytes and the advice. */
function koffiWith(madvise: string, page = 4096): string {
  return `
    globalThis.koffiLoads = (globalThis.koffiLoads ?? 0) + 1;
    globalThis.pageSizesAsked = globalThis.pageSizesAsked ?? 0;
    const getpagesize = () => { globalThis.pageSizesAsked += 1; return ${page}; };
    exports.load = () => ({ func: (prototype) => (prototype.includes('getpagesize') ? getpagesize : ${madvise}) });
  `;
}

const seen = globalThis as { koffiLoads?: number; pageSizesAsked?: number };

describe('where pages cannot be given back', () => {
  const platform = Object.getOwnPropertyDescriptor(process, 'platform') ?? {};
  const pretend = (value: string) => Object.defineProperty(process, 'platform', { ...platform, value });

  beforeEach(() => {
    pretend('linux');
    delete seen.koffiLoads;
    delete seen.pageSizesAsked;
  });
  afterEach(() => {
    Object.defineProperty(process, 'platform', platform);
  });

  /** What the copy says, once it is shown that it gives nothing back and changes nothing. */
  async function reasonWith(koffi: string): Promise<string | undefined> {
    const pages = await importPages(koffi);
    const data = growable(MiB);
    const bytes = new Uint8Array(data).fill(0xa5);
    expect(pages.returnPages(data, 0, MiB)).toBe(0);
    expect(bytes.every((byte) => byte === 0xa5)).toBe(true);
    const said = pages.canReturnPages();
    return said.can ? undefined : said.reason;
  }

  test('without koffi, it says so', async () => {
    const script = `
      Object.defineProperty(process, 'platform', { value: 'linux' });
      const { canReturnPages, returnPages } = await import('${await copyPages()}');
      const data = new SharedArrayBuffer(65536, { maxByteLength: 65536 });
      const bytes = new Uint8Array(data).fill(1);
      const returned = returnPages(data, 0, 65536);
      console.log(JSON.stringify({ ...canReturnPages(), returned, kept: bytes.every((byte) => byte === 1) }));
    `;
    // A process of its own: this one may have been started with folders in NODE_PATH that lead to koffi.
    const env = { ...process.env, NODE_PATH: '' };
    const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], { env, encoding: 'utf8' });
    const expected = { can: false, reason: 'koffi is not installed', returned: 0, kept: true };
    expect(JSON.parse(said)).toEqual(expected);
  });

  test('with a koffi that does not load, it says why', async () => {
    expect(await reasonWith("throw new Error('no binary for this machine')")).toBe('no binary for this machine');
    expect(await reasonWith("throw 'a string'")).toBe('a string');
    expect(await reasonWith('exports.load = () => { throw new Error("no such library") }')).toBe('no such library');
  });

  test('with a koffi that misses a module of its own, it does not say that koffi is not installed', async () => {
    expect(await reasonWith("require('./native.node')")).toContain("Cannot find module './native.node'");
  });

  test('with a koffi that takes no shared memory, it says what koffi says', async () => {
    expect(await reasonWith(koffiWith("() => { throw new Error('Invalid argument') }"))).toBe('Invalid argument');
  });

  test('where the system refuses, or says yes and does something else', async () => {
    const refusal = 'the system does not give back a page by madvise(MADV_DONTNEED)';
    expect(await reasonWith(koffiWith('() => -1'))).toBe(refusal);
    expect(await reasonWith(koffiWith('() => 0'))).toBe(refusal);
    expect(await reasonWith(koffiWith('(pages) => { pages.fill(0); return -1; }'))).toBe(refusal);
    const tooMuch = '(pages) => { new Uint8Array(pages.buffer).fill(0); return 0; }';
    expect(await reasonWith(koffiWith(tooMuch))).toBe(refusal);
  });

  test('with a page size that is none', async () => {
    expect(await reasonWith(koffiWith('() => 0', 0))).toBe('the system says that a page has 0 bytes');
    expect(await reasonWith(koffiWith('() => 0', -1))).toBe('the system says that a page has -1 bytes');
  });

  test('on other systems it does not look for koffi', async () => {
    for (const system of ['darwin', 'win32', 'freebsd']) {
      pretend(system);
      expect(await reasonWith(koffiWith('(pages) => { pages.fill(0); return 0; }'))).toBe('not Linux');
    }
    expect(seen.koffiLoads).toBeUndefined();
  });

  test('koffi is loaded when it is first needed, and asked once', async () => {
    const { canReturnPages: can, returnPages: give } = await importPages(
      koffiWith('(pages) => { pages.fill(0); return 0; }'),
    );
    expect(seen.koffiLoads).toBeUndefined();
    for (let i = 0; i < 3; i++) {
      expect(can()).toEqual({ can: true });
      expect(give(growable(MiB), 0, MiB)).toBe(MiB);
    }
    expect(seen).toMatchObject({ koffiLoads: 1, pageSizesAsked: 1 });
  });

  test('a koffi that fails is not tried again', async () => {
    const { canReturnPages: can } = await importPages(
      'globalThis.koffiLoads = (globalThis.koffiLoads ?? 0) + 1; throw new Error("no")',
    );
    for (let i = 0; i < 3; i++) expect(can()).toEqual({ can: false, reason: 'no' });
    expect(seen.koffiLoads).toBe(1);
  });

  test('pages are as large as the system says', async () => {
    const { returnPages: give } = await importPages(koffiWith('(pages) => { pages.fill(0); return 0; }', 65_536));
    const data = growable(4 * 65_536);
    const bytes = new Uint8Array(data).fill(0xa5);
    expect(give(data, 4096, 3 * 65_536)).toBe(2 * 65_536);
    expect(isZero(bytes.subarray(65_536, 3 * 65_536))).toBe(true);
    expect([bytes[65_535], bytes[3 * 65_536]]).toEqual([0xa5, 0xa5]);
  });

  test('a refusal later on is 0 bytes, and no error', async () => {
    // The first call is the trial.
    const { returnPages: give } = await importPages(
      koffiWith(
        '(pages) => { globalThis.koffiLoads += 1; pages.fill(0); return globalThis.koffiLoads === 2 ? 0 : -1; }',
      ),
    );
    expect(give(growable(MiB), 0, MiB)).toBe(0);
  });
});
