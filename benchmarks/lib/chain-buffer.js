// What ByteBuffer is measured against: blocks in a chain, each of the next larger class, copied together only when `bytes`
// asks for what lies in several. A prototype: no checks, no errors, one class of callers.

export class ChainBuffer {
  constructor(pool) {
    this.pool = pool;
    this.full = [];
    this.before = 0;
    this.view = pool.get(1);
    this.at = 0;
    this.end = this.view.length;
  }

  grow(bytes) {
    this.full.push({ view: this.view, used: this.at });
    this.before += this.at;
    const largest = this.pool.sizes.at(-1);
    this.view = this.pool.get(Math.min(largest, Math.max(bytes, this.view.length + 1)));
    this.at = 0;
    this.end = this.view.length;
  }

  writeUInt32LE(value) {
    if (value >>> 0 !== value) throw new RangeError('value');
    if (this.at + 4 > this.end) this.grow(4);
    const { view, at } = this;
    view[at] = value;
    view[at + 1] = value >>> 8;
    view[at + 2] = value >>> 16;
    view[at + 3] = value >>> 24;
    this.at = at + 4;
    return this.before + this.at;
  }

  write(content) {
    if (typeof content === 'string' && content.length * 3 <= this.end - this.at) {
      this.at += this.view.write(content, this.at);
      return;
    }
    let rest = typeof content === 'string' ? Buffer.from(content) : content;
    while (rest.length > this.end - this.at) {
      const room = this.end - this.at;
      this.view.set(rest.subarray(0, room), this.at);
      this.at = this.end;
      rest = rest.subarray(room);
      this.grow(rest.length);
    }
    this.view.set(rest, this.at);
    this.at += rest.length;
  }

  /** Puts the chain's blocks and goes on with the one that holds all of it. */
  bytes() {
    if (this.full.length > 0) {
      const whole = this.pool.get(this.before + this.at);
      let at = 0;
      for (const { view, used } of this.full) at += view.copy(whole, at, 0, used);
      at += this.view.copy(whole, at, 0, this.at);
      this[Symbol.dispose]();
      this.full = [];
      this.before = 0;
      this.view = whole;
      this.at = at;
      this.end = whole.length;
    }
    return this.view.subarray(0, this.at);
  }

  async writeTo(writable) {
    const pieces = [...this.full, { view: this.view, used: this.at }];
    await Promise.all(
      pieces.map(({ view, used }) => new Promise((done) => writable.write(view.subarray(0, used), done))),
    );
  }

  [Symbol.dispose]() {
    for (const { view } of this.full) this.pool.put(view);
    this.pool.put(this.view);
  }
}
