import { expect, test } from 'vitest';
import { nextMessage, spawn } from './worker.ts';

test('a worker gets its data and answers', async () => {
  expect(await nextMessage(spawn('echo', { a: 1 }))).toEqual({ a: 1 });
});

test('a worker that throws fails the wait for its message', async () => {
  await expect(nextMessage(spawn('echo', 'throw'))).rejects.toThrow('thrown in the worker');
});

test('a worker that ends in silence fails the wait for its message', async () => {
  await expect(nextMessage(spawn('echo', 'end'))).rejects.toThrow('ended with code 0 without a message');
});

test('a worker that does not exist fails the wait for its message', async () => {
  await expect(nextMessage(spawn('no-such-worker'))).rejects.toThrow('no-such-worker');
});
