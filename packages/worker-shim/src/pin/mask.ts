// An affinity mask as the kernel takes it: one bit a CPU, lowest first, in whole 64-bit words.

const BITS = 8;
/** What C libraries call CPU_SETSIZE. Kernels know more CPUs than that, and masks may be longer. */
const USUAL_CPUS = 1024;
const WORD_BITS = 64;

/** Bytes of a mask with room for CPU ids below `cpus`. */
function bytesFor(cpus: number): number {
  return (Math.ceil(Math.max(cpus, USUAL_CPUS) / WORD_BITS) * WORD_BITS) / BITS;
}

/** An empty mask with room for CPU ids below `cpus`, 1,024 at least. */
export function emptyMask(cpus: number = USUAL_CPUS): Uint8Array {
  return new Uint8Array(bytesFor(cpus));
}

/** The mask of a set of CPUs, as long as its highest id needs. */
export function maskOf(cpus: readonly number[]): Uint8Array {
  const mask = emptyMask(cpus.reduce((most, cpu) => Math.max(most, cpu), 0) + 1);
  for (const cpu of cpus) {
    const at = Math.floor(cpu / BITS);
    mask[at] = (mask[at] ?? 0) | (1 << (cpu % BITS));
  }
  return mask;
}

/** The CPUs of a mask, ascending. */
export function cpusOf(mask: Uint8Array): number[] {
  const cpus: number[] = [];
  mask.forEach((byte, at) => {
    for (let bit = 0; bit < BITS; bit++) if ((byte >> bit) & 1) cpus.push(at * BITS + bit);
  });
  return cpus;
}
