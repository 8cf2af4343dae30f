// What runs first in every thread of a Node.js process below the launcher, brought there by `--require`.

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { writeSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { getMask, sameCpus } from '../pin/affinity.ts';
import { keepNewThreadsOn, warmThreadPool } from '../pin/inherited.ts';
import { publishPlaced } from '../pin/placed.ts';
import { type PinResult, pinThisThread, pinThread } from '../pin/pin.ts';
import { nameThread, thisThreadId } from '../pin/threads.ts';
import { formatCpuList } from '../topology/cpulist.ts';
import { placeWorkers } from './births.ts';
import { BRIEFING, readBriefing, WORKER_NAME } from './briefing.ts';
import { widenChildren } from './children.ts';
import { hideOption, preloadOption } from './preload-option.ts';
import { type Birth, Site } from './site.ts';

const option = preloadOption(__filename);

function warn(message: string): void {
  process.emitWarning(message, { type: 'SyncpoolLaunchWarning', code: 'SYNCPOOL_LAUNCH_NOT_PINNED' });
}

/** Warns when this thread starts its first worker: processes that start none have nothing to be told. */
function warnAtWorker(message: string): void {
  const once = () => {
    unsubscribe('worker_threads', once);
    warn(message);
  };
  subscribe('worker_threads', once);
}

/** A line for `--verbose`, on the standard error of the process. */
function tell(site: Site, message: string): void {
  if (!site.briefing.verbose) return;
  try {
    writeSync(2, `syncpool-launch: ${message}\n`);
  } catch (error) {
    // A pipe that nobody empties, or nobody reads any more: the program must not fail over a line of ours.
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EAGAIN' && code !== 'EPIPE') throw error;
  }
}

/** What `pin` gave, as the sentence to warn with; undefined if the thread is where it should be. */
function faultOf(pin: () => PinResult): string | undefined {
  try {
    const { how, reason } = pin();
    return how === 'none' ? reason : undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** In a worker: takes the place that its creator has claimed for it. */
function settle(site: Site, { claim, isNamed, putInto }: Birth): void {
  hideOption(option, putInto);
  const tid = thisThreadId();
  // Without procfs there is no thread id and nothing to read back.
  if (tid === undefined) return;
  site.places.settle(claim, tid);
  keepNewThreadsOn(site.briefing.allowed);
  const { place, cpus } = site.placeOf(claim);
  const held = getMask(tid);
  const isThere = held !== undefined && sameCpus(held, cpus);
  const fault = isThere ? undefined : faultOf(() => pinThread(tid, cpus));
  if (fault === undefined) {
    widenChildren(tid, () => cpus, site.briefing.allowed);
    publishPlaced(cpus, (now) => site.placement(place, now));
    if (!isNamed) nameThread(tid, `${WORKER_NAME}${claim.place}`);
    tell(site, `process ${process.pid}: worker ${claim.place} (thread ${tid}) is on CPU ${formatCpuList(cpus)}`);
  } else if (claim.place === 0) {
    // What hinders one hinders all: the first speaks for them.
    warn(`workers are not pinned: ${fault}`);
  }
}

/** Before the first worker of the main thread: main goes where it is planned. Where it is then; undefined if it is not pinned. */
function pinMain(site: Site): readonly number[] | undefined {
  const { main } = site.briefing;
  if (main === undefined) return undefined;
  const fault = faultOf(() => pinThisThread(main));
  if (fault !== undefined) {
    warn(`the main thread is not pinned: ${fault}`);
    return undefined;
  }
  publishPlaced(main, (now) => site.placement(-1, now));
  tell(site, `process ${process.pid}: the main thread is on CPU ${formatCpuList(main)}`);
  return main;
}

/** The site of this process, or why it can have none. */
function siteOfProcess(text: string): Site | string {
  const briefing = readBriefing(text);
  if (briefing === undefined) return `${BRIEFING} is not what this version of the launcher writes`;
  const mask = getMask(thisThreadId() ?? 0);
  if (mask === undefined) return 'procfs does not show the threads of this process';
  const site = Site.begin(briefing, mask);
  if (site.usable.length > 0) return site;
  return `this process runs on CPU ${formatCpuList(mask)}, where the plan has no place`;
}

function beginProcess(): void {
  const text = process.env[BRIEFING];
  if (text === undefined) return;
  const site = siteOfProcess(text);
  if (typeof site === 'string') {
    warnAtWorker(`no worker is pinned: ${site}`);
    return;
  }
  const { main, allowed } = site.briefing;
  let isPrepared = false;
  let pinnedTo: readonly number[] | undefined;
  // Now, before the program has taken hold of what is replaced.
  if (main !== undefined) widenChildren(process.pid, () => pinnedTo, allowed);
  placeWorkers(site, option, () => {
    if (isPrepared) return;
    isPrepared = true;
    // libuv's threads must not inherit a worker's mask.
    warmThreadPool();
    pinnedTo = pinMain(site);
  });
}

function beginWorker(): void {
  const joined = Site.join();
  if (joined === undefined) return;
  const { site, birth } = joined;
  if (birth !== undefined) settle(site, birth);
  placeWorkers(site, option, () => {});
}

if (isMainThread) beginProcess();
else beginWorker();
