// Claim: what pooledTask and PooledPiscina do for a task, buffers there and back included, costs at most 20 microseconds more than a
// task of piscina that does nothing.

import { createRuntime, KiB, MiB } from '@syncpool/core';
import { PooledPiscina } from '@syncpool/worker-shim/piscina';
import { Piscina } from 'piscina';
import { alternate, line, median, verdict } from './lib/report.js';

const SIZE = 64 * KiB;
const TASKS = 3000;
const ROUNDS = 7;

export async function run() {
  const runtime = createRuntime({ maxBytes: 64 * MiB, maxProcessors: 4 });
  const pool = runtime.pool('p', { blockSize: SIZE, maxBytes: 16 * MiB });
  const filename = new URL('./piscina.worker.js', import.meta.url).href;
  const piscina = new Piscina({ filename, minThreads: 1, maxThreads: 1 });
  const pooled = new PooledPiscina(piscina, runtime);
  const each = (task) => async () => {
    for (let i = 0; i < TASKS / 10; i++) await task();
    const start = process.hrtime.bigint();
    for (let i = 0; i < TASKS; i++) await task();
    return Number(process.hrtime.bigint() - start) / TASKS;
  };
  const thereAndBack = (name) => async () => pool.put(await pooled.run({ body: pool.get(), level: 6 }, { name }));
  const values = await alternate(
    {
      'piscina, a number': each(() => piscina.run({ body: 1, level: 6 }, { name: 'plain' })),
      'pooled, a number': each(() => pooled.run({ body: 1, level: 6 }, { name: 'echo' })),
      'pooled, a buffer there and back': each(thereAndBack('echo')),
      "the same, puts: 'arguments'": each(thereAndBack('echoArguments')),
      'a copy there and back': each(async () =>
        piscina.run({ body: new Uint8Array(SIZE), level: 6 }, { name: 'plain' }),
      ),
    },
    ROUNDS,
  );
  for (const [name, rounds] of Object.entries(values)) console.log(line(name, rounds));
  const [plainNs, , bufferNs] = Object.values(values);
  await piscina.destroy();
  return {
    values,
    verdicts: [
      verdict('ns more for a pooled task', median(bufferNs.map((ns, round) => ns - plainNs[round])), {
        most: 20_000,
        unit: 'ns',
      }),
    ],
  };
}
