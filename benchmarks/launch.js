// Claims: pinning a worker costs less than 1 ms with koffi, and the launcher adds less than 50 ms to the start of a program. Most of
// that is Node.js itself starting twice: the floor is a launcher that does nothing, a Node.js process that starts another one.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { effectiveAffinity, pinThisThread } from '@syncpool/worker-shim';
import { alternate, line, median, verdict } from './lib/report.js';

const ROUNDS = 25;
const PINS = 2_000;

const launcher = fileURLToPath(new URL('launch/main.cjs', import.meta.resolve('@syncpool/worker-shim')));
const program = fileURLToPath(new URL('launch.program.js', import.meta.url));
const passOn = "require('child_process').spawn(process.execPath, process.argv.slice(1), { stdio: 'inherit' })";

/** Runs Node.js to its end; what it printed, and how long it took in ms. */
function node(args) {
  const began = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  const ms = performance.now() - began;
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}: ${stderr}`);
  return { ms, stdout };
}

/** Microseconds of one pinThisThread, that moves the thread or not; masks alternate, so that each call changes one. */
function pinOnce(masks) {
  const began = performance.now();
  for (let i = 0; i < PINS; i++) {
    const { how } = pinThisThread(masks[i % masks.length]);
    if (how !== 'koffi') throw new Error(`threads are pinned by ${how} here: install koffi`);
  }
  return ((performance.now() - began) / PINS) * 1e3;
}

export async function run() {
  const all = effectiveAffinity();
  const [first] = all;
  const pins = Array.from({ length: 10 }, () => pinOnce([[first], all]));
  pinThisThread(all);

  const starts = await alternate(
    {
      bare: () => node(['-e', '0']).ms,
      floor: () => node(['-e', passOn, '--', '-e', '0']).ms,
      launched: () => node([launcher, '--', process.execPath, '-e', '0']).ms,
    },
    ROUNDS,
  );
  const added = starts.launched.map((ms, round) => ms - starts.bare[round]);
  const own = starts.launched.map((ms, round) => ms - starts.floor[round]);
  const births = await alternate(
    {
      bare: () => Number(node([program]).stdout),
      launched: () => Number(node([launcher, '--', process.execPath, program]).stdout),
    },
    5,
  );
  const perWorker = births.launched.map((ms, round) => ms - births.bare[round]);

  console.log(line('pinThisThread', pins, 'us'));
  console.log(line('new Worker', births.bare, 'ms'));
  console.log(line('new Worker, below the launcher', births.launched, 'ms'));
  console.log(line('node -e 0', starts.bare, 'ms'));
  console.log(line('node that starts node -e 0', starts.floor, 'ms'));
  console.log(line('syncpool-launch -- node -e 0', starts.launched, 'ms'));
  return {
    values: { pins, births, starts },
    verdicts: [
      verdict('milliseconds to pin a thread', median(pins) / 1e3, { most: 1 }),
      verdict('milliseconds that new Worker takes longer', median(perWorker), { most: 1 }),
      verdict('milliseconds that the launcher adds to a start', median(added), { most: 50 }),
      verdict('milliseconds of that beyond the floor', median(own), { most: 25 }),
    ],
  };
}
