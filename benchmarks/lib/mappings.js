// How much of a runtime's memory is resident, as the system counts it: /proc/self/smaps has every mapping of the process, and a
// runtime's are found by their lengths. Linux only.

import { readFileSync } from 'node:fs';

/** Mappings that can be written, with their resident bytes. */
function mappings() {
  const found = [];
  for (const text of readFileSync('/proc/self/smaps', 'latin1').split('\n')) {
    const [, start, end, access] = /^([0-9a-f]+)-([0-9a-f]+) (\S+)/.exec(text) ?? [];
    if (start !== undefined) {
      found.push({ start: Number.parseInt(start, 16), end: Number.parseInt(end, 16), access, residentBytes: 0 });
    } else if (text.startsWith('Rss:')) {
      found.at(-1).residentBytes = Number.parseInt(text.slice(4), 10) * 1024;
    }
  }
  return found.filter(({ access }) => access.startsWith('rw'));
}

/** The control memory of a runtime, all of it, as words. */
export function controlWords({ token: { control } }) {
  return new Int32Array(control.memory.buffer ?? control.memory);
}

/**
 * A function that says how many bytes of a runtime's two memories are resident, control and data together: where they lie side by
 * side, the system has them as one mapping. Undefined where they cannot be told from others. To be called when the runtime
 * is new: what has been given back may be a mapping of its own.
 */
export function watchResident(runtime) {
  if (process.platform !== 'linux') return undefined;
  const [control, data] = [controlWords(runtime).byteLength, runtime.token.data.byteLength];
  const withLength = (length) => mappings().filter(({ start, end }) => end - start === length);
  const together = withLength(control + data);
  const ours = together.length > 0 ? together : [...withLength(control), ...withLength(data)];
  if (ours.reduce((sum, { start, end }) => sum + end - start, 0) !== control + data) return undefined;
  return () =>
    mappings()
      .filter(({ start, end }) => ours.some((one) => start >= one.start && end <= one.end))
      .reduce((sum, { residentBytes }) => sum + residentBytes, 0);
}

/** Why something was not measured where that function is undefined. */
export const NOT_TOLD =
  'what is resident: Linux only, and where /proc/self/smaps tells the memory of the runtime from others';
