// A variant's buffer: a view over its block that knows whose it is. As PooledView, with what a baseline needs of it.

import { SharedView } from '../buffer.ts';
import type { VariantPool } from './pool.ts';

/** The pool and thread's end of it that a buffer is of; undefined for anything else. */
export let ownerOf: (view: unknown) => VariantPool | undefined;
export let numberOf: (view: BlockView) => number;
export let isLeased: (view: BlockView) => boolean;
export let setLeased: (view: BlockView, leased: boolean) => void;

export class BlockView extends SharedView {
  readonly #owner: VariantPool;
  readonly #number: number;
  #isLeased = false;

  constructor(memory: SharedArrayBuffer, byteOffset: number, length: number, owner: VariantPool, number: number) {
    super(memory, byteOffset, length);
    this.#owner = owner;
    this.#number = number;
  }

  static {
    ownerOf = (view) => (typeof view === 'object' && view !== null && #owner in view ? view.#owner : undefined);
    numberOf = (view) => view.#number;
    isLeased = (view) => view.#isLeased;
    setLeased = (view, leased) => {
      view.#isLeased = leased;
    };
  }
}
