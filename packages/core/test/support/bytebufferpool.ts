// The rule by which valyala/bytebufferpool calibrates, as its documentation and its source state it, in a few lines: what an
// adaptive pool is measured against. Only the rule: no pool.

const BINS = 20;
const SMALLEST = 64;
const PUTS_IN_ONE_BIN = 42_000;
const SHARE = 0.95;

export class FrequencyRule {
  /** 0 until the first calibration: a buffer that holds nothing. */
  defaultSize = 0;
  /** 0: whatever is put is kept. */
  maxSize = 0;
  #puts = new Array<number>(BINS).fill(0);

  put(length: number): void {
    const bin = Math.min(BINS - 1, Math.max(0, Math.ceil(Math.log2(length / SMALLEST))));
    this.#puts[bin] = (this.#puts[bin] as number) + 1;
    if ((this.#puts[bin] as number) > PUTS_IN_ONE_BIN) this.#calibrate();
  }

  /** The most frequent bin is the default; the largest of the most frequent ones that hold 95 % of the puts is the limit. */
  #calibrate(): void {
    const bins = this.#puts.map((puts, bin) => ({ puts, size: SMALLEST * 2 ** bin })).sort((a, b) => b.puts - a.puts);
    const enough = SHARE * bins.reduce((sum, { puts }) => sum + puts, 0);
    let held = 0;
    this.defaultSize = bins[0]?.size ?? 0;
    this.maxSize = this.defaultSize;
    for (const { puts, size } of bins) {
      if (held > enough) break;
      held += puts;
      this.maxSize = Math.max(this.maxSize, size);
    }
    this.#puts = new Array<number>(BINS).fill(0);
  }
}
