// Workers as they start. The Worker class of this thread is replaced by one that gives each new worker a place, and pins
// the worker's thread from here as soon as it exists: a tenth of a millisecond, and the worker need not load koffi,
// which takes it 5. The worker then looks at its own mask (preload.ts), and pins itself if that is not the planned
// one: this thread may not have been able to, or not known which of several new threads it was.

import workerThreads, { type Worker, type WorkerOptions } from 'node:worker_threads';
import { affinityCalls } from '../pin/koffi.ts';
import { threadIds, thisThreadId } from '../pin/threads.ts';
import { type PreloadOption, withPreload } from './preload-option.ts';
import type { Site } from './site.ts';

type Arguments = [file: string | URL, options?: WorkerOptions | undefined, ...rest: unknown[]];

/** Called before each worker that this thread starts. */
type BeforeBirth = () => void;

/** Pins the one thread that has appeared since `before`; none, if there are several. */
function pinNewThread(before: ReadonlySet<number>, cpus: readonly number[]): void {
  const calls = affinityCalls();
  if ('reason' in calls) return;
  const [born, another] = threadIds().filter((tid) => !before.has(tid));
  // What came of it, the worker finds out.
  if (born !== undefined && another === undefined) calls.set(born, cpus);
}

function startInPlace(site: Site, option: PreloadOption, args: Arguments, start: (args: Arguments) => Worker): Worker {
  const claim = site.places.claim(thisThreadId() ?? 0);
  if (claim === undefined) return start(args);
  const [file, given, ...rest] = args;
  const { options, putInto } = withPreload(given, option);
  const changed: Arguments = options === given ? args : [file, options, ...rest];
  // koffi is loaded by now, or looked for: once the worker runs, no time is lost.
  const canPin = !('reason' in affinityCalls());
  const before = new Set(canPin ? threadIds() : []);
  site.announce({ claim, isNamed: Boolean(given?.name), putInto });
  let worker: Worker;
  try {
    worker = start(changed);
  } catch (error) {
    site.places.release(claim);
    throw error;
  } finally {
    site.announce(undefined);
  }
  worker.once('exit', () => site.places.release(claim));
  if (canPin) pinNewThread(before, site.placeOf(claim).cpus);
  return worker;
}

/** From now on, workers that this thread starts are placed. */
export function placeWorkers(site: Site, option: PreloadOption, beforeBirth: BeforeBirth): void {
  const placed: typeof Worker = new Proxy(workerThreads.Worker, {
    construct(target, args, newTarget) {
      beforeBirth();
      return startInPlace(site, option, args as Arguments, (changed) => Reflect.construct(target, changed, newTarget));
    },
  });
  // `worker.constructor === Worker` goes on to hold.
  placed.prototype.constructor = placed;
  // Before any ES module has imported it: all get this one.
  Object.assign(workerThreads, { Worker: placed });
}
