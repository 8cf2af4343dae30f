// What Piscina.move makes: a value with a transfer list beside it. Told by its symbols, so that piscina itself is not needed here.

const TRANSFERABLE: unique symbol = Symbol.for('Piscina.transferable') as never;
const VALUE: unique symbol = Symbol.for('Piscina.valueOf') as never;

interface Movable {
  readonly [TRANSFERABLE]: unknown;
  readonly [VALUE]: unknown;
}

function isMovable(value: unknown): value is Movable {
  return typeof value === 'object' && value !== null && TRANSFERABLE in value && VALUE in value;
}

/** Shared memory cannot be transferred, nor need it: piscina would reject the task, and in a worker die of it. */
function canBeTransferred(item: unknown): boolean {
  if (ArrayBuffer.isView(item)) return !(item.buffer instanceof SharedArrayBuffer);
  return typeof item === 'object' && item !== null && !(item instanceof SharedArrayBuffer);
}

/** What is posted of a task or a result. */
export function valueIn(task: unknown): unknown {
  return isMovable(task) ? task[VALUE] : task;
}

/** `value` for piscina, with the transfer list of the movable that it was in, if there was one. */
export function movedLike(task: unknown, value: unknown): unknown {
  if (!isMovable(task)) return value;
  const list = [task[TRANSFERABLE]].flat().filter(canBeTransferred);
  if (list.length === 0) return value;
  // A child of it, for a mark that only piscina knows.
  return Object.create(task, { [TRANSFERABLE]: { value: list }, [VALUE]: { value } });
}
