// How several are told of one event.

/**
 * Calls every listener that is in the set now and still when its turn comes. One that fails does not keep the others
 * from hearing: its error is thrown later, by itself, and is an uncaught one.
 */
export function tellAll<Told extends unknown[]>(listeners: ReadonlySet<(...told: Told) => void>, ...told: Told): void {
  for (const listener of [...listeners]) {
    if (!listeners.has(listener)) continue;
    try {
      listener(...told);
    } catch (error) {
      process.nextTick(() => {
        throw error;
      });
    }
  }
}
