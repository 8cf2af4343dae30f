// The one thing of a hand-over that no pool does on demand: a detach that is refused after others were done.

import type { BufferPool, PooledBuffer } from '@syncpool/core';
import { expect, test } from 'vitest';
import { detachAll } from '../../src/piscina/cargo.ts';

test('when a detach is refused, the buffers before it are held again', () => {
  const done: string[] = [];
  const pool = (name: string, isRefused = false) =>
    ({
      name,
      detach() {
        if (isRefused) throw new Error('refused');
        done.push(`${name} detached`);
        return 1;
      },
      tryAdopt: () => done.push(`${name} adopted`),
    }) as unknown as BufferPool;
  const find = (of: BufferPool): [PooledBuffer, { pool: BufferPool; used: number; paths: [] }] => [
    {} as PooledBuffer,
    { pool: of, used: 0, paths: [] },
  ];
  expect(() => detachAll(new Map([find(pool('a')), find(pool('b')), find(pool('c', true))]))).toThrow('refused');
  expect(done).toEqual(['a detached', 'b detached', 'a adopted', 'b adopted']);
});
