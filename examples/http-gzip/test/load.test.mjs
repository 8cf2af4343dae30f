// The service under load for some seconds: nothing fails and nothing is left behind, and killed workers cost their own task only.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { expectNothingHeld, LIMIT, noise, open, send, until } from './support.js';

const MINUTE = { timeout: 60_000 };
const program = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));
const load = (args) => promisify(execFile)(process.execPath, [program('load.js'), '--json', ...args]);

for (const launcher of ['no', 'yes']) {
  test(`some seconds of load, launcher: ${launcher}`, MINUTE, async () => {
    const { stdout } = await load(['--seconds', '2', '--connections', '16', '--launcher', launcher]);
    const [{ answered, failed, leased }] = JSON.parse(stdout);
    assert.deepEqual([answered > 10, failed, leased], [true, 0, 0]);
  });
}

test(
  'workers are killed under load: at most their own task fails, with 503, and no block is lost',
  MINUTE,
  async (t) => {
    // Long tasks: Node 20 ends the whole process if a worker is terminated between two statements of zlib's constructor.
    const length = 4 * LIMIT;
    const { service, port } = await open(t, { threads: 4, limitBytes: length, poolBytes: 16 * length });
    const bodies = [noise(length), Buffer.alloc(length, noise(100_000, 2)), noise(length, 3)];
    const statuses = new Map();
    let kills = 0;
    let isOver = false;
    const client = async (number) => {
      for (let i = 0; !isOver; i++) {
        const body = bodies[(i + number) % bodies.length];
        const { status, content } = await send(port, body);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        if (status === 200) assert.ok(gunzipSync(content).equals(body));
      }
    };
    const clients = Array.from({ length: 6 }, (_, i) => client(i));
    while (kills < 12) {
      await sleep(100);
      const worker = service.threads[kills % service.threads.length];
      if (worker === undefined) continue;
      kills += 1;
      await worker.terminate();
    }
    await until(() => (statuses.get(200) ?? 0) >= 6);
    isOver = true;
    await Promise.all(clients);
    const { 200: done = 0, 503: failed = 0, ...others } = Object.fromEntries(statuses);
    t.diagnostic(`${done} answered, ${failed} of ${kills} kills met a task`);
    assert.deepEqual(others, {});
    assert.ok(failed <= kills, `${failed} failed of ${kills} kills`);
    assert.ok(done >= 6);
    await expectNothingHeld(service);
  },
);

test('SIGTERM: what is under way is answered, and the exit code is 0', MINUTE, async () => {
  const child = spawn(process.execPath, [program('main.js'), '--port', '0', '--threads', '1'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit');
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  const [, port] = /^listening on http:\/\/127\.0\.0\.1:(\d+)$/.exec(line);
  const bodies = Array.from({ length: 6 }, (_, i) => noise(1_000_000, i + 1));
  const answers = bodies.map((body) => send(port, body));
  await answers[0];
  child.kill('SIGTERM');
  for (const answer of await Promise.allSettled(answers)) {
    // One whose connection was not accepted yet is refused by the system.
    if (answer.status === 'fulfilled') assert.equal(answer.value.status, 200);
  }
  assert.deepEqual(await ended, [0, null]);
});

test('options that are wrong are refused', MINUTE, async () => {
  for (const [args, message] of [
    [['--port', '70000'], /integer from 0 to 65535/],
    [['--max-mb', '4'], /eight such bodies must fit/],
    [['--nonsense'], /unknown option/],
  ]) {
    const failed = await promisify(execFile)(process.execPath, [program('main.js'), ...args]).catch((error) => error);
    assert.equal(failed.code, 1);
    assert.match(failed.stderr, message);
  }
});
