// How much of a runtime's two memories is resident, as the system counts it: /proc/self/smaps has every mapping of the process, and a
// runtime's are found by their lengths. Linux only.

import { readFileSync } from 'node:fs';

/** Mappings that can be written: [start, end, resident bytes]. */
function mappings() {
  const found = [];
  for (const text of readFileSync('/proc/self/smaps', 'latin1').split('\n')) {
    const range = /^([0-9a-f]+)-([0-9a-f]+) (\S+)/.exec(text);
    if (range !== null) {
      found.push({
        start: Number.parseInt(range[1], 16),
        end: Number.parseInt(range[2], 16),
        access: range[3],
        bytes: 0,
      });
    } else if (text.startsWith('Rss:')) {
      found.at(-1).bytes = Number.parseInt(text.slice(4), 10) * 1024;
    }
  }
  return found.filter(({ access }) => access.startsWith('rw'));
}

/**
 * A function that says how many bytes of a memory are resident now. Call it when nothing of the memory has been given back yet: the
 * system may split a mapping then.
 */
function watch(length, name) {
  const [first, ...more] = mappings().filter(({ start, end }) => end - start === length);
  if (first === undefined || more.length > 0) {
    throw new Error(
      `${more.length + (first ? 1 : 0)} mappings of ${length} bytes, and one was to be the ${name} memory`,
    );
  }
  return () =>
    mappings()
      .filter(({ start, end }) => start >= first.start && end <= first.end)
      .reduce((sum, { bytes }) => sum + bytes, 0);
}

/** The control memory of a runtime, all of it, as words. */
export function controlWords({ token: { control } }) {
  return new Int32Array(control.memory.buffer ?? control.memory);
}

/** By memory: a function that says how many of its bytes are resident now. */
export function watchResident(runtime) {
  return {
    control: watch(controlWords(runtime).byteLength, 'control'),
    data: watch(runtime.token.data.byteLength, 'data'),
  };
}
