// Bytes that show every mistake.

/**
 * `length` bytes of every value, invalid as UTF-8 from the third on, and other ones for another
 * salt. No two stretches are alike, so that an offset that is lost shows.
 */
export function pattern(length: number, salt = 0): Buffer<ArrayBuffer> {
  const bytes = Buffer.alloc(length);
  let state = (salt + 1) * 0x9e3779b1;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + i) | 0;
    bytes[i] = i < 256 ? (255 - i + salt) & 0xff : state >>> 24;
  }
  return bytes;
}
