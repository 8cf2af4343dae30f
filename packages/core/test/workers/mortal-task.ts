// For the recovery tests: a task of piscina that leases blocks, puts some, says so and never ends by itself.

import type { MessagePort } from 'node:worker_threads';
import { attachRuntime } from '@syncpool/core';

interface Task {
  readonly runtime: string;
  readonly lease: number;
  readonly put: number;
  readonly port: MessagePort;
}

export default function hold({ runtime, lease, put, port }: Task): Promise<never> {
  const pool = attachRuntime(runtime).pool('p');
  const held = Array.from({ length: lease }, () => pool.get());
  for (const buffer of held.slice(0, put)) pool.put(buffer);
  port.postMessage('holding');
  return new Promise(() => {});
}
