// A thread that has been told where it runs, or told anew: its row says so from then on.

import { hasOtherNodes, placementOfThread } from './host/placement.ts';
import { keepPagesSmall } from './host/pages.ts';
import type { Processor } from './processor.ts';

export function placeThread({ neighbours, data }: Processor): void {
  const placement = placementOfThread();
  neighbours.place(placement);
  if (placement !== undefined && hasOtherNodes(placement)) keepPagesSmall(data);
}
