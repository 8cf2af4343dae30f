// Sizes that the main thread and the workers must agree on.

export const KiB = 1024;
export const MiB = 1024 * 1024;

/** What a gzip stream has besides deflate's output. */
const GZIP_BYTES = 18;

/** The classes that bodies are received into: the last is the limit. @param {number} limitBytes */
export function bodySizes(limitBytes) {
  const smaller = [4 * KiB, 16 * KiB, 64 * KiB, 256 * KiB].filter((size) => size < limitBytes);
  return [...smaller, limitBytes];
}

/**
 * Room for `length` bytes as gzip, whatever they are: contents that cannot be compressed grow by 1/32 at most.
 *
 * @param {number} length
 */
export function gzippedBound(length) {
  return length + (length >> 5) + GZIP_BYTES + 64;
}
