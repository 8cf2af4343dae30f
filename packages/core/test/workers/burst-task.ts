// A piscina task: leases so many blocks at one time, writes to all of them, and puts them; after it the worker sleeps.

import { attachRuntime } from '@syncpool/core';

export default function burst({ runtime, count }: { runtime: string; count: number }): number {
  const pool = attachRuntime(runtime).pool('burst');
  const held = Array.from({ length: count }, () => pool.get().fill(1));
  for (const buffer of held) pool.put(buffer);
  return held.length;
}
