// One thread's part of the burst: so many blocks at one time, all touched, then put. Then the worker sleeps.

import { attachRuntime } from '@syncpool/core';

export default (count) => {
  const pool = attachRuntime('burst').pool('bodies');
  const held = Array.from({ length: count }, () => pool.get().fill(1));
  for (const buffer of held) pool.put(buffer);
};
