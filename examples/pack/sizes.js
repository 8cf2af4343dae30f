// Sizes that the main thread and the workers must agree on.

export const KiB = 1024;
export const MiB = 1024 * 1024;

/**
 * Most bytes of a piece of a file, and a block of the pool that files are read into. One size for all files:
 * a small file in a large block touches no more memory than it has bytes, and sizes that share a limit
 * could wait for each other's blocks.
 */
export const BLOCK_BYTES = 64 * KiB;

/**
 * Room for `length` deflated bytes, whatever they are: with zlib's usual settings, contents that cannot be
 * compressed grow by 1/32 and a little at most, and only at level 0.
 *
 * @param {number} length
 */
export function deflatedBound(length) {
  return length + (length >> 4) + 64;
}
