// What payload.js does with a payload, the same in every variant: one byte of each cache line is written or read, so that all of it
// moves between the cores, and no more time is spent on it than that. Imported once for each variant, under another URL each time: V8
// must not learn from one kind of view what it then does with another.

const LINE = 64;

export function fill(view, value) {
  for (let i = 0; i < view.length; i += LINE) view[i] = value;
}

/** Reads the payload and writes over it, byte for byte, an answer. */
export function answer(view) {
  for (let i = 0; i < view.length; i += LINE) view[i] = view[i] + 1;
}

/** Throws unless this is the answer to `fill(view, value)`. */
export function check(view, value) {
  let wrong = 0;
  for (let i = 0; i < view.length; i += LINE) wrong += view[i] ^ (value + 1);
  if (wrong !== 0) throw new Error('this is no answer to the payload');
}
