// Where watched leases began and ended, as text in control memory: the thread that finds a write
// after a put need not be the one that had the lease. Blocks share traces by their numbers, and
// nobody waits for anybody: a trace may name another block, or be overwritten while it is read. It is a hint for people.

import { threadId } from 'node:worker_threads';
import { H_TRACES, T_BLOCK, T_LENGTH, T_TEXT, TRACE_STRIDE, TRACES } from './kernel/layout.ts';
import type { Processor } from './processor.ts';

/** Where something was done. */
export interface Stack {
  readonly stack: string;
}

const TEXT_BYTES = TRACE_STRIDE - T_TEXT;

/** A function that a user has called, from which on a stack is no concern of the user's. */
export type Callee = (...args: never[]) => unknown;

/**
 * The calling function's stack, without the frames from `below` on. As text, at once: the frames that V8 formats later hold their
 * functions and what `this` was in them, often an object that holds the very buffer whose drop is watched for.
 */
export function stackHere(below: Callee): Stack {
  const here: { stack?: string } = {};
  Error.captureStackTrace(here, below);
  // A program can have it formatted as it likes (Error.prepareStackTrace).
  return { stack: String(here.stack) };
}

/** The frames of a stack, without its first line. */
export function framesOf({ stack }: Stack): string {
  return stack.slice(stack.indexOf('\n') + 1);
}

function traceAt({ kernel }: Processor, block: number): number {
  return kernel.loadPlain(H_TRACES) + (block % TRACES) * TRACE_STRIDE;
}

/** Writes down where a block was leased and put; the block is this thread's. */
export function writeTrace(processor: Processor, block: number, lease: Stack, put: Stack): void {
  const { words } = processor;
  const at = traceAt(processor, block);
  const text = `leased in thread ${threadId}\n${framesOf(lease)}\nput in thread ${threadId}\n${framesOf(put)}`;
  words[(at + T_BLOCK) / 4] = 0;
  const { written } = new TextEncoder().encodeInto(text, new Uint8Array(words.buffer, at + T_TEXT, TEXT_BYTES));
  words[(at + T_LENGTH) / 4] = written;
  words[(at + T_BLOCK) / 4] = block;
}

/** What is written down of a block's last watched lease, if its trace is still there. */
export function readTrace(processor: Processor, block: number): string | undefined {
  const { words } = processor;
  const at = traceAt(processor, block);
  if (words[(at + T_BLOCK) / 4] !== block) return undefined;
  const length = Math.min(words[(at + T_LENGTH) / 4] as number, TEXT_BYTES);
  return Buffer.from(new Uint8Array(words.buffer, at + T_TEXT, length)).toString();
}
