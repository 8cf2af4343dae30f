// Claims: pinning a worker costs less than 1 ms with koffi, and the launcher adds less than 50 ms to the start of a program. Most of
// that is Node.js itself starting twice: the floor is a launcher that does nothing, a Node.js process that starts another one.
//
// The claim is of an environment without NODE_EXTRA_CA_CERTS, in which Node.js 20 reads and parses all certificates whenever it
// starts, before it runs anything: twice the time for the program alone, and so for the launcher. Where it is set, the figures with it follow.

import { spawnSync } from 'node:child_process';
import { delimiter, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { effectiveAffinity, pinThisThread } from '@syncpool/worker-shim';
import { alternate, line, median, verdict } from './lib/report.js';

const ROUNDS = 25;
const PINS = 2_000;

const launcher = fileURLToPath(new URL('launch/main.cjs', import.meta.resolve('@syncpool/worker-shim')));
const program = fileURLToPath(new URL('launch.program.js', import.meta.url));
const passOn = "require('child_process').spawn(process.execPath, process.argv.slice(1), { stdio: 'inherit' })";

/** With this Node.js in front: the launcher is run as npm's link to it is, by its first line. */
const whole = { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}` };
const { NODE_EXTRA_CA_CERTS: certificates, ...ordinary } = whole;

/** Runs a command to its end; what it printed, and how long it took in ms. */
function timed(command, args, env) {
  const began = performance.now();
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', env });
  const ms = performance.now() - began;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}: ${stderr}`);
  return { ms, stdout };
}

function node(args, env = ordinary) {
  return timed(process.execPath, args, env);
}

/** Node.js below the launcher. */
function launched(args, env = ordinary) {
  return timed(launcher, ['--', process.execPath, ...args], env);
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

/** Milliseconds from start to end, of programs that do nothing. */
function measureStarts(env) {
  return alternate(
    {
      bare: () => node(['-e', '0'], env).ms,
      floor: () => node(['-e', passOn, '--', '-e', '0'], env).ms,
      launched: () => launched(['-e', '0'], env).ms,
    },
    ROUNDS,
  );
}

/** What one takes longer than another, by round. */
function beyond(longer, shorter) {
  return longer.map((ms, round) => ms - shorter[round]);
}

function printStarts(starts, where) {
  console.log(line(`node -e 0${where}`, starts.bare, 'ms'));
  console.log(line(`node that starts it${where}`, starts.floor, 'ms'));
  console.log(line(`syncpool-launch -- it${where}`, starts.launched, 'ms'));
}

export async function run() {
  const all = effectiveAffinity();
  const [first] = all;
  const pins = Array.from({ length: 10 }, () => pinOnce([[first], all]));
  pinThisThread(all);

  const starts = await measureStarts(ordinary);
  const startsWithCertificates = certificates ? await measureStarts(whole) : undefined;
  const births = await alternate(
    { bare: () => Number(node([program]).stdout), launched: () => Number(launched([program]).stdout) },
    15,
  );

  console.log(line('pinThisThread', pins, 'us'));
  console.log(line('new Worker', births.bare, 'ms'));
  console.log(line('new Worker, below the launcher', births.launched, 'ms'));
  printStarts(starts, '');
  if (startsWithCertificates !== undefined) printStarts(startsWithCertificates, ', certificates');
  return {
    values: { pins, births, starts, startsWithCertificates },
    verdicts: [
      verdict('milliseconds to pin a thread', median(pins) / 1e3, { most: 1, unit: 'ms' }),
      verdict('milliseconds that new Worker takes longer', median(beyond(births.launched, births.bare)), {
        most: 1,
        unit: 'ms',
      }),
      verdict('milliseconds that the launcher adds to a start', median(beyond(starts.launched, starts.bare)), {
        most: 50,
        unit: 'ms',
      }),
      verdict('milliseconds of that beyond the floor', median(beyond(starts.launched, starts.floor)), {
        most: 25,
        unit: 'ms',
      }),
    ],
  };
}
