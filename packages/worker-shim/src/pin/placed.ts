// What this thread has published of its place, kept right: threads are pinned again, by others too, and cpusets change.
// Whoever goes by placements asks now and then, over a diagnostics channel, whether this one's still holds.

import { subscribe } from 'node:diagnostics_channel';
import { publishPlacement, type ThreadPlacement } from '../placement/of-thread.ts';
import { getMask, sameCpus } from './affinity.ts';
import { thisThreadId } from './threads.ts';

const RENEW = '@syncpool/placement:renew';

/** To look is to read a file of procfs, some 20 us: not more often than this. */
const LOOK_EVERY_MS = 1000;

type PlacementOf = (cpus: readonly number[]) => ThreadPlacement;

/** What was published last; undefined before the first time. */
let published: { readonly cpus: readonly number[]; readonly placementOf: PlacementOf } | undefined;
let lookedAt = 0;

function renew(): void {
  const now = Date.now();
  if (published === undefined || Math.abs(now - lookedAt) < LOOK_EVERY_MS) return;
  lookedAt = now;
  const tid = thisThreadId();
  const mask = tid === undefined ? undefined : getMask(tid);
  if (mask === undefined || sameCpus(mask, published.cpus)) return;
  publishPlaced(mask, published.placementOf);
}

/** Publishes that the calling thread is on `cpus`, by what `placementOf` says of them, and from then on what becomes of that. */
export function publishPlaced(cpus: readonly number[], placementOf: PlacementOf): void {
  if (published === undefined) subscribe(RENEW, renew);
  published = { cpus, placementOf };
  publishPlacement(placementOf(cpus));
}
