// A thread that has been told where it runs, or told anew: its row says so from then on.

import { hasOtherNodes, placementOfThread } from './host/placement.ts';
import { keepPagesSmall } from './host/pages.ts';
import { H_SMALL_PAGES } from './kernel/layout.ts';
import type { Processor } from './processor.ts';

export function placeThread({ kernel, neighbours, data }: Processor): void {
  const placement = placementOfThread();
  neighbours.place(placement);
  if (placement === undefined || !hasOtherNodes(placement)) return;
  // Once is enough for the memory, and no thread loads koffi that need not: a worker that is terminated meanwhile takes the
  // process with it. Noted before it is done: of many that start at once, one does it, as a rule.
  if (kernel.loadShared(H_SMALL_PAGES) !== 0) return;
  kernel.storePlain(H_SMALL_PAGES, 1);
  keepPagesSmall(data);
}
