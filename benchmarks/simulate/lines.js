// Cache lines and who holds them, as far as time depends on it: a line that another CPU has written, or would go on reading, costs a
// transfer over the distance between the two. Caches are as large as need be, and memory itself costs nothing: what is
// modelled is coherence. Readers of a line are served side by side, writers one after another.

export class Lines {
  #latencies;
  #words;
  /** By line, a bit for each CPU that holds it. A line with one bit is that CPU's to write. */
  #holders;
  /** By line, when its last transfer to a writer ends. */
  #freeAt;

  /** @param latencies nanoseconds from CPU to CPU, a row for each */
  constructor(latencies, count) {
    this.#latencies = latencies;
    this.#words = Math.ceil(latencies.length / 32);
    this.#holders = new Int32Array(count * this.#words);
    this.#freeAt = new Float64Array(count);
  }

  holds(cpu, line) {
    return ((this.#holders[line * this.#words + (cpu >> 5)] >>> (cpu & 31)) & 1) === 1;
  }

  /** Whether the CPU can write without asking anybody. */
  owns(cpu, line) {
    const at = line * this.#words;
    for (let word = 0; word < this.#words; word++) {
      if (this.#holders[at + word] !== (word === cpu >> 5 ? 1 << (cpu & 31) : 0)) return false;
    }
    return true;
  }

  /** Brings the line to a reader that does not hold it, from the nearest who does. How long that takes from `now` on. */
  read(cpu, line, now) {
    const nearest = this.#over(cpu, line, Math.min);
    this.#holders[line * this.#words + (cpu >> 5)] |= 1 << (cpu & 31);
    return nearest === undefined ? 0 : Math.max(0, this.#freeAt[line] - now) + nearest;
  }

  /** Takes the line from all who hold it; the farthest decides. How long that takes from `now` on. */
  write(cpu, line, now) {
    const farthest = this.#over(cpu, line, Math.max);
    const at = line * this.#words;
    this.#holders.fill(0, at, at + this.#words);
    this.#holders[at + (cpu >> 5)] = 1 << (cpu & 31);
    if (farthest === undefined) return 0;
    this.#freeAt[line] = Math.max(now, this.#freeAt[line]) + farthest;
    return this.#freeAt[line] - now;
  }

  /** The latency to the other holders that `choose` prefers; undefined if there are none. */
  #over(cpu, line, choose) {
    const latencies = this.#latencies[cpu];
    let chosen;
    for (let word = 0; word < this.#words; word++) {
      for (let bits = this.#holders[line * this.#words + word]; bits !== 0; bits &= bits - 1) {
        const holder = word * 32 + 31 - Math.clz32(bits & -bits);
        if (holder !== cpu) chosen = choose(chosen ?? latencies[holder], latencies[holder]);
      }
    }
    return chosen;
  }
}
