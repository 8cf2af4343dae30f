// What this thread has published of its place, kept right: threads are pinned again, by others too, and cpusets change.
// Whoever goes by placements asks now and then, over a diagnostics channel, whether this one's still holds.

import { subscribe } from 'node:diagnostics_channel';
import { placementHere, publishPlacement, type ThreadPlacement } from '../placement/of-thread.ts';
import { getMask, sameCpus } from './affinity.ts';
import { thisThreadId } from './threads.ts';

const RENEW = '@syncpool/placement:renew';

/** To look is to read a file of procfs, some 20 us: not more often than this. */
const LOOK_EVERY_MS = 1000;

type PlacementOf = (cpus: readonly number[]) => ThreadPlacement;

interface Published {
  readonly cpus: readonly number[];
  readonly placementOf: PlacementOf;
  readonly placement: ThreadPlacement;
}

/** What was published last; undefined before the first time. */
let published: Published | undefined;
let lookedAt = 0;

function renew(): void {
  const now = Date.now();
  if (published === undefined || Math.abs(now - lookedAt) < LOOK_EVERY_MS) return;
  lookedAt = now;
  // Whoever has published last looks after it: below the launcher there are two copies of this file, and its own knows the plan's CPUs only.
  if (placementHere() !== published.placement) return;
  const tid = thisThreadId();
  const mask = tid === undefined ? undefined : getMask(tid);
  if (mask === undefined || sameCpus(mask, published.cpus)) return;
  publishPlaced(mask, published.placementOf);
}

/** Publishes that the calling thread is on `cpus`, by what `placementOf` says of them, and from then on what becomes of that. */
export function publishPlaced(cpus: readonly number[], placementOf: PlacementOf): void {
  if (published === undefined) subscribe(RENEW, renew);
  const placement = placementOf(cpus);
  published = { cpus, placementOf, placement };
  publishPlacement(placement);
}
