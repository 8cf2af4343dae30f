// Who holds which bytes, as the holders themselves say: a claim table beside the pool, one entry for
// each `GRAIN` bytes of data memory, and a stamp in the bytes. Entering what somebody holds is a
// violation, whatever class or view it came through.

const GRAIN = 1024;
const NOBODY = 0;
/** Detached: between the thread that sent it and the one that will adopt it. */
export const IN_TRANSIT = 255;

export class Claims {
  readonly #table: Int32Array;
  readonly #words: Int32Array;
  readonly wrong: string[] = [];

  readonly #isGone: (holder: number) => boolean;

  /**
   * @param memory one word for each GRAIN bytes of `data`, shared by all holders
   * @param isGone whether a holder has died, whose claims are nobody's then
   */
  constructor(memory: SharedArrayBuffer, data: SharedArrayBuffer, isGone: (holder: number) => boolean = () => false) {
    this.#table = new Int32Array(memory);
    this.#words = new Int32Array(data);
    this.#isGone = isGone;
  }

  static memoryFor(data: SharedArrayBuffer): SharedArrayBuffer {
    return new SharedArrayBuffer((data.byteLength / GRAIN) * 4);
  }

  /** Moves bytes from one holder to another; each entry must be the first one's. */
  move(buffer: Uint8Array, from: number, to: number): void {
    const first = buffer.byteOffset / GRAIN;
    for (let at = first; at < first + buffer.length / GRAIN; at++) {
      let found = Atomics.compareExchange(this.#table, at, from, to);
      if (found !== from && this.#isGone(found)) {
        // Cleared by compare and exchange: a live holder that comes between is still found.
        const left = found;
        found = Atomics.compareExchange(this.#table, at, left, to) === left ? from : Atomics.load(this.#table, at);
      }
      if (found !== from) this.wrong.push(`${at * GRAIN}: ${from} to ${to}, but ${found} holds it`);
    }
  }

  enter(buffer: Uint8Array, holder: number): void {
    this.move(buffer, NOBODY, holder);
  }

  leave(buffer: Uint8Array, holder: number): void {
    this.move(buffer, holder, NOBODY);
  }

  /** Writes a stamp at both ends of a buffer and at two places between. */
  stamp(buffer: Uint8Array, value: number): void {
    const at = buffer.byteOffset / 4;
    const last = at + buffer.length / 4 - 1;
    this.#words[at] = value;
    this.#words[at + 17] = value ^ 1;
    this.#words[last - 9] = value ^ 2;
    this.#words[last] = value ^ 3;
  }

  /** The stamp of a buffer; a violation if its four words are not of one stamp. */
  stampOf(buffer: Uint8Array): number {
    const at = buffer.byteOffset / 4;
    const last = at + buffer.length / 4 - 1;
    const value = this.#words[at] as number;
    const rest = [
      (this.#words[at + 17] as number) ^ 1,
      (this.#words[last - 9] as number) ^ 2,
      (this.#words[last] as number) ^ 3,
    ];
    if (rest.some((other) => other !== value))
      this.wrong.push(`${buffer.byteOffset}: stamps ${value}, ${rest.join(', ')}`);
    return value;
  }

  /** Entries that somebody holds. */
  get held(): number {
    return this.#table.filter((holder) => holder !== NOBODY).length;
  }
}
