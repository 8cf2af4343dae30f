// Gives back a range of the memory it was given: once, with what came of it for an answer; or again and again, counting
// its calls in the first of `words`, until the second is set.

import { parentPort, workerData } from 'node:worker_threads';
import { canReturnPages, returnPages } from '../../src/host/pages.ts';

export interface ReturnTask {
  readonly data: SharedArrayBuffer;
  readonly offsetBytes: number;
  readonly lengthBytes: number;
  readonly words?: Int32Array;
}

const { data, offsetBytes, lengthBytes, words }: ReturnTask = workerData;

if (words === undefined) {
  parentPort?.postMessage({ ...canReturnPages(), bytes: returnPages(data, offsetBytes, lengthBytes) });
} else {
  while (Atomics.load(words, 1) === 0) {
    returnPages(data, offsetBytes, lengthBytes);
    Atomics.add(words, 0, 1);
    Atomics.notify(words, 0);
  }
}
