// Child processes of a pinned thread: they would inherit its mask, and an ffmpeg with eight threads run on one CPU. While the
// thread starts one, it has the program's CPUs.

import childProcess, { ChildProcess } from 'node:child_process';
import { setMask } from '../pin/affinity.ts';

type Call = (this: unknown, ...args: unknown[]) => unknown;

/** All that start a process in another way than through `ChildProcess.prototype.spawn`. */
const SYNCHRONOUS = ['spawnSync', 'execSync', 'execFileSync'] as const;

/** The CPUs that this thread is pinned to; undefined while it is not. */
type PinnedTo = () => readonly number[] | undefined;

/** Child processes that this thread, `tid`, starts from now on may run on all of `allowed`. */
export function widenChildren(tid: number, pinnedTo: PinnedTo, allowed: readonly number[]): void {
  let isWide = false;
  const widened = (call: Call): Call =>
    function (...args) {
      const cpus = pinnedTo();
      // setMask, where it runs taskset, comes through here again.
      if (isWide || cpus === undefined) return call.apply(this, args);
      isWide = true;
      try {
        setMask(tid, allowed);
        return call.apply(this, args);
      } finally {
        setMask(tid, cpus);
        isWide = false;
      }
    };
  for (const name of SYNCHRONOUS) Object.assign(childProcess, { [name]: widened(childProcess[name] as Call) });
  Object.assign(ChildProcess.prototype, {
    spawn: widened((ChildProcess.prototype as unknown as { spawn: Call }).spawn),
  });
}
