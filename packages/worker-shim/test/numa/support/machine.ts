// The machine: two nodes, each with a socket of two cores of two threads and memory of its own, emulated.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Ended } from '../../support/launch.ts';
import { buildImage, type Job } from './image.ts';
import type { Tools } from './tools.ts';

/** What the firmware says of the two nodes. Not 20, which Linux takes where firmware says nothing. */
export const FAR = 31;

/** It takes a minute and a half where nothing else wants the CPUs. */
const LONGEST_MS = 360_000;

/** A panic ends the machine; the last one goes to its first program, which keeps the time from inside. */
const KERNEL_OPTIONS = [
  'console=ttyS0',
  'quiet',
  'panic=-1',
  'mitigations=off',
  `MACHINE_SECONDS=${LONGEST_MS / 1000}`,
];

/** The CPUs of each. */
const NODES = ['0-3', '4-7'];

function node(cpus: string, id: number): string[] {
  return [
    ...['-object', `memory-backend-ram,id=memory${id},size=1G`],
    ...['-numa', `node,nodeid=${id},cpus=${cpus},memdev=memory${id}`],
  ];
}

function qemuOptions(kernel: string, image: string, console: string, results: string): string[] {
  return [
    ...['-accel', 'tcg,thread=multi', '-m', '2G'],
    // Of an AMD CPU, which it would be otherwise, QEMU does not say which threads are one core.
    ...['-cpu', 'max,vendor=GenuineIntel', '-smp', '8,sockets=2,cores=2,threads=2'],
    ...NODES.flatMap(node),
    ...['-numa', `dist,src=0,dst=1,val=${FAR}`],
    ...['-kernel', kernel, '-initrd', image, '-append', KERNEL_OPTIONS.join(' ')],
    ...['-nodefaults', '-no-reboot', '-display', 'none'],
    // The first port is the kernel's, for those who look for a fault. Through the second one come the results.
    ...['-serial', `file:${console}`, '-serial', `file:${results}`],
  ];
}

/** What came out of a run. */
export interface Run {
  /** How each job that ended has ended, by its name. */
  readonly ended: ReadonlyMap<string, Ended>;
  /** What the kernel and the machine's first program printed. */
  readonly console: string;
  /** Why the machine stopped, if not because it was through. */
  readonly fault: string | undefined;
}

function read(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

/** Each line is the result of a job, but a last one that was cut. */
function resultsIn(lines: string): Map<string, Ended> {
  const whole = lines.slice(0, lines.lastIndexOf('\n') + 1).trim();
  const parsed = whole === '' ? [] : whole.split('\n').map((line) => JSON.parse(line) as Ended & { name: string });
  return new Map(parsed.map(({ name, ...ended }) => [name, ended]));
}

async function boot({ qemu, kernel }: Tools, image: string, folder: string, limitMs: number) {
  const console = join(folder, 'console');
  const results = join(folder, 'results');
  const options = qemuOptions(kernel, image, console, results);
  const child = spawn(qemu, options, { stdio: ['ignore', 'ignore', 'pipe'], timeout: limitMs, killSignal: 'SIGKILL' });
  const [[code, signal], complaint] = await Promise.all([once(child, 'exit'), text(child.stderr)]);
  return { code, signal, complaint, console: read(console), ended: resultsIn(read(results)) };
}

/** Builds a machine, runs the jobs in it one after the other, and stops it. */
export async function runInMachine(
  tools: Tools,
  jobs: Readonly<Record<string, Job>>,
  limitMs = LONGEST_MS,
): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), 'syncpool-numa-'));
  try {
    const { code, signal, complaint, console, ended } = await boot(
      tools,
      buildImage(folder, tools, jobs),
      folder,
      limitMs,
    );
    const all = Object.keys(jobs).length;
    const how = signal === null ? `ended with ${code}` : `was stopped after ${limitMs / 1000} s (${signal})`;
    const isThrough = code === 0 && ended.size === all;
    const fault = isThrough
      ? undefined
      : `the machine ${how} when ${ended.size} of ${all} programs had run. ${complaint}`;
    return { ended, console, fault };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
