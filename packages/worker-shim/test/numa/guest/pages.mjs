// Where the kernel has a block's pages. koffi is the other project's: this one's programs may have to do without, what looks at them need not.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const libc = createRequire('/koffi/package.json')('koffi').load('libc.so.6');
/** Over no bytes: writes nothing, and gives the address. */
const memset = libc.func('uintptr_t memset(void *memory, int byte, size_t length)');
const movePages = libc.func(
  'long syscall(long call, int pid, size_t count, void *pages, void *nodes, void *status, int flags)',
);

const MOVE_PAGES = 279;
const PAGE = 4096;

function addressOf(block) {
  return Number(memset(block, 0, 0));
}

/** Pages on node 0 and 1 of the mapping that a block lies in; mappings are in the order of their addresses. */
export function pagesAround(block) {
  const address = addressOf(block);
  const lines = readFileSync('/proc/self/numa_maps', 'utf8').trim().split('\n');
  const line = lines.findLast((each) => Number.parseInt(each, 16) <= address);
  return [0, 1].map((node) => Number(new RegExp(` N${node}=(\\d+)`).exec(line)?.[1] ?? 0));
}

/** On how many pages of the blocks, which begin on pages and are no longer than one, each node is: move_pages(2) that moves none, and tells. */
export function nodesOf(blocks) {
  const pages = BigUint64Array.from(blocks, (block) => BigInt(addressOf(block)));
  if (pages.some((page) => page % BigInt(PAGE) !== 0n)) throw new Error('a block does not begin on a page');
  const status = new Int32Array(pages.length);
  if (movePages(MOVE_PAGES, 0, pages.length, pages, null, status, 0) !== 0) throw new Error('move_pages failed');
  return [0, 1].map((node) => status.filter((each) => each === node).length);
}
