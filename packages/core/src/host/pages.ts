// Pages of data memory back to the operating system: madvise(MADV_DONTNEED), called through koffi, an optional
// package. The pages stay reserved, no longer count as resident, and read as zero from then on. And what else the
// system can be told of them.
//
// Linux only. What other systems have does not promise zeros: after macOS's MADV_FREE the old bytes can be read until
// the system needs the page, after Windows's DiscardVirtualMemory the contents are undefined. There, nothing returns.

import { createRequire } from 'node:module';
import type * as koffi from 'koffi';

/** The same number on every Linux that Node runs on. */
const MADV_DONTNEED = 4;
const MADV_NOHUGEPAGE = 15;

/** What the operating system is asked. */
interface System {
  readonly pageBytes: number;
  /** 0 once the pages are given back; any other number says that the system refused. */
  readonly madvise: (pages: Uint8Array, lengthBytes: number, advice: number) => number;
}

/** Why this thread cannot ask it. */
interface Hindrance {
  readonly reason: string;
}

/** Whether pages can be given back and, if not, why. */
export type PageReturn = { readonly can: true } | { readonly can: false; readonly reason: string };

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND';
}

/** koffi, as installed beside this package. Undefined if it is not; what it throws while it loads is passed on. */
function loadKoffi(): typeof koffi | undefined {
  const require = createRequire(import.meta.url);
  try {
    // Looked up first, because a koffi that misses a module of its own fails with the same code.
    require.resolve('koffi');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  return require('koffi');
}

/**
 * Whether one page, given back, reads as zero while its neighbour keeps its bytes. Tried on memory of its own before anybody's
 * is touched: a sandbox may refuse the call, all memory may be locked, and koffi 2.11 and older cannot take
 * growable shared memory on Node 20.
 */
function works({ pageBytes, madvise }: System): boolean {
  const length = 2 * pageBytes;
  const bytes = new Uint8Array(new SharedArrayBuffer(length, { maxByteLength: length })).fill(1);
  if (madvise(bytes.subarray(pageBytes), pageBytes, MADV_DONTNEED) !== 0) return false;
  return bytes.every((byte, at) => byte === (at < pageBytes ? 1 : 0));
}

function open(): System | Hindrance {
  if (process.platform !== 'linux') return { reason: 'not Linux' };
  try {
    const ffi = loadKoffi();
    if (ffi === undefined) return { reason: 'koffi is not installed' };
    const c = ffi.load(null);
    const system: System = {
      pageBytes: c.func('int getpagesize()')(),
      madvise: c.func('int madvise(void *pages, size_t lengthBytes, int advice)'),
    };
    if (!(system.pageBytes > 0)) return { reason: `the system says that a page has ${system.pageBytes} bytes` };
    return works(system) ? system : { reason: 'the system does not give back a page by madvise(MADV_DONTNEED)' };
  } catch (error) {
    return { reason: messageOf(error) };
  }
}

/** Asked at this thread's first need; koffi is loaded then, and not before. */
let answer: System | Hindrance | undefined;

function system(): System | Hindrance {
  answer ??= open();
  return answer;
}

/**
 * Whether this thread can give pages back and, if not, why: 'not Linux', 'koffi is not installed', or what went wrong when
 * koffi was loaded or first tried. The answer is found once a thread: 10 to 20 milliseconds the first time, to load koffi.
 */
export function canReturnPages(): PageReturn {
  const asked = system();
  return 'reason' in asked ? { can: false, reason: asked.reason } : { can: true };
}

/**
 * Gives back the whole pages within a range of data memory: how many bytes that were; 0 where it cannot be done, where the
 * range holds no whole page, or where the system refused. The rest of the range, before its first page and
 * after its last, keeps its bytes. From 1 to 4 microseconds for each 64 KiB that was resident, by machine; to touch it again costs about
 * six times that.
 *
 * The caller owns the whole range, alone, until this has returned: it holds the slab's word as PURGING
 * (`beginPurge` to `endPurge` in kernel/reclaim.ts), or every block of the range as OWNED. Whoever else
 * reads there meanwhile reads zeros, and what they write is lost.
 *
 * `data` begins on a page, as growable shared memory does and a plain SharedArrayBuffer does not: of that nothing is given back.
 *
 * @throws RangeError if the range does not lie in `data`; then nothing was given back
 */
export function returnPages(data: SharedArrayBuffer, offsetBytes: number, lengthBytes: number): number {
  const asked = system();
  if ('reason' in asked) return 0;
  const { pageBytes, madvise } = asked;
  const start = Math.ceil(offsetBytes / pageBytes) * pageBytes;
  const end = Math.floor((offsetBytes + lengthBytes) / pageBytes) * pageBytes;
  if (end <= start) return 0;
  // koffi takes a typed array for the address of its first byte. It does not take the SharedArrayBuffer itself.
  const pages = new Uint8Array(data, start, end - start);
  return madvise(pages, pages.length, MADV_DONTNEED) === 0 ? pages.length : 0;
}

/**
 * Asks the system for no huge pages in data memory: one of 2 MiB would lie on the node of whoever touches its first byte, with both of the
 * slabs in it. Where the system cannot be asked, or has no huge pages, nothing changes.
 */
export function keepPagesSmall(data: SharedArrayBuffer): void {
  const asked = system();
  if (!('reason' in asked)) asked.madvise(new Uint8Array(data), data.byteLength, MADV_NOHUGEPAGE);
}
