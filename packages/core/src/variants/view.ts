// A variant's buffer: a view over its block that knows whose it is. As PooledView, with what a baseline needs of it.

import { SharedView } from '../buffer.ts';
import type { VariantPool } from './pool.ts';

interface Accessors {
  /** The pool and thread's end of it that a buffer is of; undefined for anything else. */
  readonly ownerOf: (view: unknown) => VariantPool | undefined;
  readonly numberOf: (view: BlockView) => number;
  readonly isLeased: (view: BlockView) => boolean;
  readonly setLeased: (view: BlockView, leased: boolean) => void;
}

let accessors: Accessors;

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
    accessors = {
      ownerOf: (view) => {
        try {
          return (view as BlockView).#owner;
        } catch {
          return undefined;
        }
      },
      numberOf: (view) => view.#number,
      isLeased: (view) => view.#isLeased,
      setLeased: (view, leased) => {
        view.#isLeased = leased;
      },
    };
  }
}

export const { ownerOf, numberOf, isLeased, setLeased } = accessors;
