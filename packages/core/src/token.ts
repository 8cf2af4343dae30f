// A runtime's token: what a thread needs to attach. It survives postMessage and the environment
// data, because all of it clones: shared memories, a compiled module, numbers.

import { show, SyncPoolError, typeError } from './errors.ts';
import { bufferOf, type Control, type Kernel } from './host/backend.ts';
import { geometryOf } from './host/geometry.ts';
import { wasm } from './host/wasm.ts';
import { CLOSED } from './kernel/gate.ts';
import { H_CLOSED, H_ID_HIGH, H_ID_LOW, HEADER_BYTES } from './kernel/layout.ts';

/** Opaque; safe to post to a worker. */
export interface RuntimeToken {
  readonly name: string;
  /** Tells the runtime from others of its name. */
  readonly id: readonly [low: number, high: number];
  readonly maxBytes: number;
  readonly maxProcessors: number;
  readonly maxClasses: number;
  readonly control: Control;
  readonly data: SharedArrayBuffer;
}

function mismatch(field: string, found: unknown, wanted: unknown): SyncPoolError {
  return new SyncPoolError(
    'ERR_SYNCPOOL_LAYOUT_MISMATCH',
    `the runtime's ${field} is ${found}, this copy of @syncpool/core expects ${wanted}: use one version of the package in the whole process`,
  );
}

function hasControl(control: Partial<Control> | undefined): boolean {
  if (control?.kernel === 'atomics') return control.memory instanceof SharedArrayBuffer;
  return control?.kernel === 'wasm' && control.memory instanceof wasm.Memory && control.module instanceof wasm.Module;
}

/** Refuses what is no token at all. */
export function assertToken(token: unknown): asserts token is RuntimeToken {
  const { control, data, id, name, maxBytes, maxProcessors, maxClasses } = (token ?? {}) as Partial<RuntimeToken>;
  const limits = [maxBytes, maxProcessors, maxClasses, id?.[0], id?.[1]];
  const isToken = typeof name === 'string' && limits.every(Number.isSafeInteger) && data instanceof SharedArrayBuffer;
  if (isToken && hasControl(control)) return;
  throw typeError(
    'ERR_SYNCPOOL_INVALID_OPTION',
    `attachRuntime takes a name or a runtime's token, and got ${show(token)}`,
  );
}

/** Whether the two name the same runtime. */
export function sameRuntime(a: RuntimeToken, b: RuntimeToken): boolean {
  return a.id[0] === b.id[0] && a.id[1] === b.id[1];
}

/**
 * Compares every geometry word of the header with what this copy of the package makes of the limits.
 *
 * @throws ERR_SYNCPOOL_LAYOUT_MISMATCH naming the field that disagrees
 */
export function checkToken(token: RuntimeToken, kernel: Kernel): void {
  const { byteLength } = bufferOf(token.control);
  const geometry = geometryOf(token);
  if (byteLength !== geometry.controlBytes) throw mismatch('control memory length', byteLength, geometry.controlBytes);
  const identity = { 'id, low word': [H_ID_LOW, token.id[0]], 'id, high word': [H_ID_HIGH, token.id[1]] } as const;
  for (const [field, [at, value]] of Object.entries({ ...geometry.header, ...identity })) {
    const found = kernel.loadPlain(at);
    if (found !== value) throw mismatch(field, found, value);
  }
  if (token.data.byteLength !== geometry.dataBytes)
    throw mismatch('data memory length', token.data.byteLength, geometry.dataBytes);
}

/** Whether the token's runtime is closed. */
export function isClosedToken(token: RuntimeToken): boolean {
  const buffer = bufferOf(token.control);
  // Before anything is bound, so not through the seam: a word that never goes back.
  return buffer.byteLength >= HEADER_BYTES && new Int32Array(buffer, H_CLOSED, 1)[0] === CLOSED;
}
