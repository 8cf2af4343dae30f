// The sibling of a stage: in its turn it gets every block, from wherever they are, puts them, and lets them lie in its deque.

import { parentPort, workerData } from 'node:worker_threads';
import { attachRuntime } from '@syncpool/core';
import { awaitTurn, giveAllBack, MINE, passTurn, SIBLINGS, takeAll } from './staged.js';

const { name, size, blocks, turn } = workerData;
const pool = attachRuntime(name).pool('staged');
const held = new Array(blocks).fill(undefined);

parentPort.postMessage('ready');
for (;;) {
  awaitTurn(turn, SIBLINGS, Number.POSITIVE_INFINITY);
  takeAll(pool, size, held);
  giveAllBack(pool, held);
  pool.flush();
  passTurn(turn, MINE);
}
