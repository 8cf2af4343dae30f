// Where the types have Float16Array, there are pools of it; the other kinds are the same as everywhere.

import { createRuntime } from '@syncpool/core';

const pool = createRuntime().pool('bodies', { blockSize: 4096, maxBytes: 1 << 20 });
const halves = pool.as(Float16Array);
const array = halves.get(10);
export const asHalves: Float16Array = array;
export const whole: SharedArrayBuffer = array.buffer;
array[0] = 1;
halves.put(array);
halves.put(pool.as(Uint16Array).get()); // error: TS2345
export const used: number = halves.adopt(halves.detach(array, 3)).usedLength;
