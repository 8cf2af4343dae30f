// Reads pieces of files, in order, one file open at a time.

import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';

// A file may have become something else since the walk: a link is refused, a FIFO without a writer does not block.
// Windows has neither flag.
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

export class Reader {
  #root;
  /** @type {import('./walk.js').FoundFile | undefined} */
  #file;
  #fd = -1;

  /** @param {string} root */
  constructor(root) {
    this.#root = root;
  }

  /**
   * Fills the first `piece.length` bytes of `target`.
   *
   * @param {import('./plan.js').Piece} piece
   * @param {Uint8Array} target
   * @throws if the file is gone, unreadable, no regular file any more, or shorter than it was
   */
  read(piece, target) {
    if (this.#file !== piece.file) this.#open(piece.file);
    let done = 0;
    while (done < piece.length) {
      const count = readSync(this.#fd, target, done, piece.length - done, piece.offset + done);
      if (count === 0) throw new Error('it became shorter while it was read');
      done += count;
    }
  }

  close() {
    if (this.#fd >= 0) closeSync(this.#fd);
    this.#fd = -1;
    this.#file = undefined;
  }

  /** @param {import('./walk.js').FoundFile} file */
  #open(file) {
    this.close();
    this.#fd = openSync(join(this.#root, file.name), FLAGS);
    this.#file = file;
    if (!fstatSync(this.#fd).isFile()) throw new Error('it is no regular file any more');
  }
}
