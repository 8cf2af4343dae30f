// A worker of first-touch.mjs: leases as many blocks as it is told, writes them, and says how many pages of the mapping that they
// lie in came to each node meanwhile.
import { attachRuntime, MiB } from '@syncpool/core';
import { answer } from './crew.mjs';
import { pagesAround } from './pages.mjs';

const pages = attachRuntime().pool('pages');
const { cpu } = globalThis[Symbol.for('@syncpool/placement')];
const held = [];

answer({
  touch(count) {
    const blocks = Array.from({ length: count }, () => pages.get(MiB));
    const before = pagesAround(blocks[0]);
    for (const block of blocks) block.fill(1);
    const after = pagesAround(blocks[0]);
    held.push(...blocks);
    return { cpu, pages: after.map((sum, node) => sum - before[node]) };
  },
});
