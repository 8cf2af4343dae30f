// A difference between two texts, line by line: one hunk from the first line that differs to the last.

const CONTEXT = 3;
const MOST_LINES = 60;

function commonLength(a: readonly string[], b: readonly string[], most: number): number {
  let length = 0;
  while (length < most && a[length] === b[length]) length += 1;
  return length;
}

function clip(lines: readonly string[]): string[] {
  if (lines.length <= MOST_LINES) return [...lines];
  return [...lines.slice(0, MOST_LINES), ` ... ${lines.length - MOST_LINES} more lines`];
}

/** As `diff -u` writes it, but in one hunk and cut short; empty if the texts are equal. */
export function lineDiff(expected: string, actual: string): string {
  if (expected === actual) return '';
  const a = expected.split('\n');
  const b = actual.split('\n');
  const shorter = Math.min(a.length, b.length);
  const head = commonLength(a, b, shorter);
  const tail = commonLength([...a].reverse(), [...b].reverse(), shorter - head);
  const from = Math.max(0, head - CONTEXT);
  const removed = a.slice(head, a.length - tail);
  const added = b.slice(head, b.length - tail);
  return [
    `@@ -${head + 1},${removed.length} +${head + 1},${added.length} @@`,
    ...a.slice(from, head).map((line) => ` ${line}`),
    ...clip(removed.map((line) => `-${line}`)),
    ...clip(added.map((line) => `+${line}`)),
    ...a.slice(a.length - tail, a.length - tail + CONTEXT).map((line) => ` ${line}`),
  ].join('\n');
}
