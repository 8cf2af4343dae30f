// Transfer lists: an ArrayBuffer per piece, moved to the worker, and one per output, moved back.

export function openTransfer() {
  return {
    /** @type {'transfer'} */
    name: 'transfer',

    /** @param {number} length */
    room: (length) => Buffer.allocUnsafeSlow(length),

    drop() {},

    /** @param {Uint8Array} buffer */
    message: (buffer) => buffer,

    /** @param {Uint8Array[]} inputs */
    transferList: (inputs) => inputs.map((input) => input.buffer),

    /** @template T @param {Uint8Array} output @param {(bytes: Uint8Array) => T} use */
    withOutput: (output, use) => use(output),

    close() {},
  };
}
