// When epochs of draining end, as one thread hears of it: from the clock, or from its garbage collector.
//
// An epoch's end is told late or not at all while the thread is busy or asleep, and never twice for one epoch. So
// whoever listens counts what it hears, not time.

import { constants, PerformanceObserver } from 'node:perf_hooks';
import type { DrainPlan } from '../pool-options.ts';
import { tellAll } from './listeners.ts';

type Listener = () => void;

/** Those who listen to one clock at one pace. */
interface Group {
  readonly listeners: Set<Listener>;
  /** Nobody listens any more. */
  readonly stop: () => void;
}

/**
 * Ends an epoch whenever the wall clock passes a multiple of `everyMs`: at the same moments in every thread, whenever
 * it began to listen. One timer at a time, which keeps nothing alive; each is set anew for the next boundary, so
 * that lateness does not add up. The epoch is compared and not assumed, because a timer may fire a moment
 * before the wall clock gets there, and because that clock can be set.
 */
function startInterval(everyMs: number): Group {
  const listeners = new Set<Listener>();
  const epochNow = () => Math.floor(Date.now() / everyMs);
  let epoch = epochNow();
  let timer: NodeJS.Timeout;
  const arm = () => {
    timer = setTimeout(tick, everyMs - (Date.now() % everyMs)).unref();
  };
  const tick = () => {
    arm();
    const now = epochNow();
    if (now === epoch) return;
    epoch = now;
    tellAll(listeners);
  };
  arm();
  return { listeners, stop: () => clearTimeout(timer) };
}

/** Who listens for collections. */
const watchers = new Set<Listener>();
/** The thread's one observer, while there are watchers. */
let observer: PerformanceObserver | undefined;

function isMajor(entry: object): boolean {
  const detail: unknown = 'detail' in entry ? entry.detail : undefined;
  const kind: unknown = typeof detail === 'object' && detail !== null && 'kind' in detail ? detail.kind : undefined;
  return kind === constants.NODE_PERFORMANCE_GC_MAJOR;
}

function watchCollections(watcher: Listener): () => void {
  watchers.add(watcher);
  if (observer === undefined) {
    // However many collections a list holds, the thread had no turn between them: they end one epoch.
    observer = new PerformanceObserver((list) => {
      if (list.getEntries().some(isMajor)) tellAll(watchers);
    });
    observer.observe({ entryTypes: ['gc'] });
  }
  return () => {
    watchers.delete(watcher);
    if (watchers.size > 0) return;
    observer?.disconnect();
    observer = undefined;
  };
}

/**
 * Ends an epoch with a major collection, unless the last one ended less than `floorMs` ago. The time is that of
 * being told: of two collections that a busy thread hears of one after the other, the second found nothing that
 * could have been used in between.
 */
function startCollections(floorMs: number): Group {
  const listeners = new Set<Listener>();
  let toldAt = Number.NEGATIVE_INFINITY;
  const stop = watchCollections(() => {
    const now = performance.now();
    if (now - toldAt < floorMs) return;
    toldAt = now;
    tellAll(listeners);
  });
  return { listeners, stop };
}

function listen(groups: Map<number, Group>, start: (everyMs: number) => Group, everyMs: number, listener: Listener) {
  let group = groups.get(everyMs);
  if (group === undefined) {
    group = start(everyMs);
    groups.set(everyMs, group);
  }
  const { listeners, stop } = group;
  // A function of its own: the same listener may be given twice.
  const own = () => listener();
  listeners.add(own);
  return () => {
    if (!listeners.delete(own) || listeners.size > 0) return;
    groups.delete(everyMs);
    stop();
  };
}

const intervals = new Map<number, Group>();
const collections = new Map<number, Group>();

/**
 * Calls `listener` at each end of an epoch of this thread, until the function returned is called. With `on`
 * 'manual' and 'never' there are none. Neither timer nor observer keeps the event loop alive, and there are none
 * when nobody listens.
 */
export function onEpochs({ on, everyMs }: DrainPlan, listener: Listener): () => void {
  if (on === 'interval') return listen(intervals, startInterval, everyMs, listener);
  if (on === 'gc') return listen(collections, startCollections, everyMs, listener);
  return () => {};
}
