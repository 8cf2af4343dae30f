// Claim: with two threads that get and put at once, a shared pool is at least 3 times faster than a list of free blocks that both swap by compare and
// exchange (FreelistPool), because its threads do not meet. One thread, and a mutex for all or 256 of them, are printed beside it.

import { openPools, pairsIn, startPoolCrew } from './lib/pool-pairs.js';
import { alternate, line, ratio, verdict } from './lib/report.js';

const ROUNDS = 9;

export async function run() {
  const { runtime, data } = openPools('cas list');
  const crew = await startPoolCrew(2, data);
  const contenders = { ...pairsIn(crew, 1), ...pairsIn(crew, 2) };
  await alternate(contenders, 1);
  const values = await alternate(contenders, ROUNDS);
  await crew.stop();
  runtime.close();
  for (const [name, rounds] of Object.entries(values)) console.log(line(name.replace(', ', ', threads: '), rounds));
  const over = ratio(values['FreelistPool, 2'], values['syncpool, 2']);
  return { values, verdicts: [verdict('CAS list over syncpool, 2 threads', over, { least: 3 })] };
}
