// Passes arrays on: adopts each message as an array, adds one to its used elements, halves how many they are, and sends it on.

import { parentPort, workerData } from 'node:worker_threads';
import { attachRuntime, type Message } from '@syncpool/core';

export interface RelayJob {
  readonly runtime: string;
  readonly kind: 'Float64Array' | 'Int32Array';
}

const { runtime, kind } = workerData as RelayJob;
const pool = attachRuntime(runtime).pool('numbers');
const type = kind === 'Float64Array' ? Float64Array : Int32Array;
// Of both kinds at once the compiler knows no put.
const typed = pool.as(type as Float64ArrayConstructor);

parentPort?.on('message', (message: Message) => {
  const array = typed.adopt(message);
  const used = array.usedLength;
  for (let i = 0; i < used; i++) array[i] = (array[i] as number) + 1;
  parentPort?.postMessage(typed.detach(array, used >> 1));
});
