// Claim: numbers and lines of text, written one by one into a ByteBuffer, cost a fifth and two thirds at most of parts that are put
// together with Buffer.concat; and a block that is exchanged for a larger one costs no more than a chain of blocks that is copied
// together when its bytes are asked for, and a quarter more where they are not (docs/decisions/0007).

import { Writable } from 'node:stream';
import { createRuntime, KiB, MiB } from '@syncpool/core';
import { alternate, line, ratio, verdict } from './lib/report.js';

const ROUNDS = 9;
const BYTES_A_ROUND = 4 * MiB;
const SIZES = { '1 KiB': KiB, '64 KiB': 64 * KiB, '1 MiB': MiB };
const CONTENDERS = ['ByteBuffer', 'chain', 'Buffer.concat', 'growing Buffer'];

const runtime = createRuntime({ maxBytes: 64 * MiB, maxProcessors: 4 });
const pool = runtime.pool('bodies', { sizes: [KiB, 4 * KiB, 64 * KiB, 2 * MiB], maxBytes: 48 * MiB });
const sink = new Writable({ highWaterMark: 8 * MiB, write: (_chunk, _encoding, done) => done() });

/** Microseconds of the processor's time for one content, the garbage collector's included. Nothing here waits. */
async function contender(name, pattern, bytes, sinkOrNot) {
  const { MAKERS, PATTERNS, writeContents } = await import(
    `./lib/byte-patterns.js?${[name, pattern, bytes, sinkOrNot !== undefined]}`
  );
  const count = Math.ceil(BYTES_A_ROUND / bytes);
  const work = { make: MAKERS[name], pool, write: PATTERNS[pattern], bytes, sink: sinkOrNot };
  await writeContents({ ...work, count });
  return async () => {
    const begun = process.cpuUsage();
    await writeContents({ ...work, count });
    const { user, system } = process.cpuUsage(begun);
    return (user + system) / count;
  };
}

/** What is claimed of one title's rounds. */
function judge(values) {
  const over = (title, one, other) => ratio(values[title][one], values[title][other]);
  return [
    verdict('Buffer.concat over ByteBuffer, numbers', over('numbers, 64 KiB, bytes', 'Buffer.concat', 'ByteBuffer'), {
      least: 5,
    }),
    verdict('growing Buffer over it, numbers', over('numbers, 64 KiB, bytes', 'growing Buffer', 'ByteBuffer'), {
      least: 1.5,
    }),
    verdict('Buffer.concat over it, lines', over('lines, 64 KiB, bytes', 'Buffer.concat', 'ByteBuffer'), {
      least: 1.5,
    }),
    verdict('it over a chain, chunks, bytes', over('chunks, 1 MiB, bytes', 'ByteBuffer', 'chain'), { most: 1.05 }),
    verdict('it over a chain, chunks, writeTo', over('chunks, 64 KiB, writeTo', 'ByteBuffer', 'chain'), { most: 1.25 }),
  ];
}

export async function run() {
  const values = {};
  for (const pattern of ['numbers', 'lines', 'chunks']) {
    for (const [size, bytes] of Object.entries(SIZES)) {
      for (const end of ['bytes', 'writeTo']) {
        const title = `${pattern}, ${size}, ${end}`;
        const contenders = {};
        for (const name of CONTENDERS) {
          contenders[name] = await contender(name, pattern, bytes, end === 'writeTo' ? sink : undefined);
        }
        console.log(`  ${title}`);
        const rounds = await alternate(contenders, ROUNDS);
        for (const [name, times] of Object.entries(rounds)) console.log(line(name, times, 'us'));
        values[title] = rounds;
      }
    }
  }
  return { values, verdicts: judge(values) };
}
