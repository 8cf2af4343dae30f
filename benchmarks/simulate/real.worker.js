// The programs of workload.js in a real thread, and one end of a line that goes back and forth.

import { readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { attachRuntime } from '@syncpool/core';
import { BURST, KEPT_OF, LINES, MAILBOX, MOST_ADOPTED, OWN_PAIRS, SIZE, work } from './workload.js';

const { role, shared, mailbox, runtime } = workerData;
/** Words of the run, each on a line of its own: how many threads are ready, and whether they shall go on. */
const control = new Int32Array(shared.control);
const READY = 0;
const GOING = 16;

const pool = attachRuntime(runtime).pool('blocks');
const indexes = mailbox === undefined ? undefined : new Int32Array(shared.mailboxes, mailbox * 128, 32);
const messages = mailbox === undefined ? undefined : new Float64Array(shared.messages, mailbox * MAILBOX * 8, MAILBOX);
const HEAD = 0;
const TAIL = 16;
const isReceived = shared.received[mailbox];

let head = 0;
let tail = 0;
let seenTail = 0;
let kept = 0;
let gets = 0;
let seen = 0;

function getAndWrite() {
  const buffer = pool.get(SIZE);
  for (let i = 0; i < LINES; i++) buffer[i * 64] = gets;
  gets += 1;
  seen = work(seen);
  return buffer;
}

/** Waits until the mailbox has room. False if nobody receives what is in it, or the run has ended. */
function hasRoom() {
  while (isReceived && head - seenTail >= MAILBOX) {
    seenTail = Atomics.load(indexes, TAIL);
    if (head - seenTail < MAILBOX) break;
    if (Atomics.load(control, GOING) !== 1) return false;
    Atomics.wait(indexes, TAIL, seenTail, 1);
  }
  return isReceived;
}

const programs = {
  getter() {
    const buffer = getAndWrite();
    kept = (kept + 1) % KEPT_OF;
    if (kept === 0 || !hasRoom()) {
      pool.put(buffer);
      return;
    }
    messages[head % MAILBOX] = pool.detach(buffer, 0);
    head += 1;
    Atomics.store(indexes, HEAD, head);
  },
  putter() {
    if (indexes !== undefined) receive();
    for (let i = 0; i < OWN_PAIRS; i++) pool.put(getAndWrite());
  },
  both() {
    const buffers = [];
    while (buffers.length < BURST) buffers.push(getAndWrite());
    for (const buffer of buffers) pool.put(buffer);
  },
  alone() {
    programs.getter();
    programs.putter();
  },
};

function receive() {
  const count = Math.min(Atomics.load(indexes, HEAD) - tail, MOST_ADOPTED);
  if (count === 0) return;
  for (let i = 0; i < count; i++) {
    const buffer = pool.adopt(messages[(tail + i) % MAILBOX]);
    for (let line = 0; line < LINES; line++) seen ^= buffer[line * 64];
    pool.put(buffer);
  }
  tail += count;
  Atomics.store(indexes, TAIL, tail);
}

/** How long the thread has run on a CPU, as Linux counts it: others may have the CPUs too, and do not count then. */
function processorNs() {
  return Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[0]);
}

/** Runs the program of the thread's role while the run goes on. */
function takePart() {
  const program = programs[role];
  Atomics.add(control, READY, 1);
  while (Atomics.load(control, GOING) === 0);
  const before = gets;
  const began = processorNs();
  const from = performance.now();
  while (Atomics.load(control, GOING) === 1) for (let i = 0; i < 16; i++) program();
  const ns = processorNs() - began;
  return { role, ns, share: ns / 1e6 / (performance.now() - from), gets: gets - before, seen };
}

parentPort.on('message', () => parentPort.postMessage(takePart()));
parentPort.postMessage('ready');
