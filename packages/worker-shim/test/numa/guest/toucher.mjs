// A worker of first-touch.mjs: for each number that it is sent, leases as many blocks, writes them, and says how many pages of the mapping that
// they lie in came to each node meanwhile.
import { readFileSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { attachRuntime, MiB } from '@syncpool/core';
import koffi from 'koffi';

/** Over no bytes: writes nothing, and gives the address. */
const memset = koffi.load('libc.so.6').func('uintptr_t memset(void *memory, int byte, size_t length)');

/** Pages on node 0 and 1 of the mapping that a block lies in; mappings are in the order of their addresses. */
function pagesAround(block) {
  const address = memset(block, 0, 0);
  const lines = readFileSync('/proc/self/numa_maps', 'utf8').trim().split('\n');
  const line = lines.findLast((each) => Number.parseInt(each, 16) <= address);
  return [0, 1].map((node) => Number(new RegExp(` N${node}=(\\d+)`).exec(line)?.[1] ?? 0));
}

const pages = attachRuntime().pool('pages');
const { cpu } = globalThis[Symbol.for('@syncpool/placement')];
const held = [];

parentPort.on('message', (count) => {
  if (count === 'end') {
    for (const block of held) pages.put(block);
    parentPort.close();
    return;
  }
  const blocks = Array.from({ length: count }, () => pages.get(MiB));
  const before = pagesAround(blocks[0]);
  for (const block of blocks) block.fill(1);
  const after = pagesAround(blocks[0]);
  held.push(...blocks);
  parentPort.postMessage({ cpu, pages: after.map((sum, node) => sum - before[node]) });
});
parentPort.postMessage('attached');
