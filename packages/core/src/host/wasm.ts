// The part of WebAssembly that a backend uses, typed here: the DOM's types are not ours to require,
// @types/node has none of Memory, and neither knows shared memory.

/** A shared WebAssembly.Memory. */
export interface SharedMemory {
  readonly buffer: SharedArrayBuffer;
}

/** A compiled module; it clones to other threads. */
export type CompiledModule = object;

interface WasmApi {
  readonly Memory: new (limits: { initial: number; maximum: number; shared: true }) => SharedMemory;
  readonly Module: new (bytes: Uint8Array) => CompiledModule;
  readonly Instance: new (module: CompiledModule, imports: object) => { readonly exports: unknown };
}

export const wasm = (globalThis as unknown as { WebAssembly: WasmApi }).WebAssembly;
