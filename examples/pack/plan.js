// What is to be done, decided once and the same for all variants: which files, in which pieces, grouped how.

import { BLOCK_BYTES } from './sizes.js';
import { byName } from './walk.js';

/** Pieces of a task at most. More would save little: piscina's cost of a task is already divided by this. */
const MOST_PIECES = 32;

/**
 * @typedef {object} Piece
 * @property {number} index among all pieces
 * @property {import('./walk.js').FoundFile} file
 * @property {number} offset
 * @property {number} length in bytes, 0 for the one piece of an empty file
 */

/**
 * @typedef {object} Plan
 * @property {number} files
 * @property {number} bytes
 * @property {number} pieces
 *  * @property {Piece[][]} batches a task each
 */

/**
 * The smallest files that together have `limitBytes`, the last of them cut off there.
 *
 * @param {import('./walk.js').FoundFile[]} files
 * @param {number} limitBytes
 */
export function choose(files, limitBytes) {
  const chosen = [];
  let left = limitBytes;
  for (const { name, size } of [...files].sort((a, b) => a.size - b.size || byName(a, b))) {
    if (left === 0) break;
    chosen.push({ name, size: Math.min(size, left) });
    left -= Math.min(size, left);
  }
  return chosen.sort(byName);
}

/** @param {import('./walk.js').FoundFile[]} files @returns {Piece[]} */
function piecesOf(files) {
  const pieces = [];
  for (const file of files) {
    for (let offset = 0; offset === 0 || offset < file.size; offset += BLOCK_BYTES) {
      pieces.push({ index: pieces.length, file, offset, length: Math.min(BLOCK_BYTES, file.size - offset) });
    }
  }
  return pieces;
}

/**
 * How many pieces a task may have so that pools of `blocks` blocks each never come to a standstill, and seldom run dry.
 *
 * Inputs and outputs have a pool each: in a common one the reader could hold every block as an input while the workers
 * wait for one to write to. Magazines keep a quarter of a pool at most; what idle threads have there is out of others' reach.
 * Of the inputs, the batch being read holds up to another quarter: the rest is free, or with workers, who put it. Of the
 * outputs, each worker holds a task's until it answers, all together again a quarter: the rest is free, or on its way to
 * the main thread, which never blocks, and puts it. So whoever waits will be served.
 *
 * With two tasks per worker posted (job.js), half of the blocks are then under way and waiting is rare.
 *
 * @param {number} blocks at least four per thread
 * @param {number} threads
 */
function mostPiecesFor(blocks, threads) {
  return Math.min(MOST_PIECES, Math.floor(blocks / (4 * threads)));
}

/**
 * @param {import('./walk.js').FoundFile[]} files
 * @param {Pick<import('./args.js').Settings, 'blocks' | 'threads' | 'batchBytes'>} settings
 * @returns {Plan}
 */
export function makePlan(files, { blocks, threads, batchBytes }) {
  const mostPieces = mostPiecesFor(blocks, threads);
  const pieces = piecesOf(files);
  /** @type {Piece[][]} */
  const batches = [];
  let room = 0;
  for (const piece of pieces) {
    if (batches.length === 0 || room < piece.length || batches[batches.length - 1].length === mostPieces) {
      batches.push([]);
      room = batchBytes;
    }
    batches[batches.length - 1].push(piece);
    room -= piece.length;
  }
  const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
  return { files: files.length, bytes, pieces: pieces.length, batches };
}
