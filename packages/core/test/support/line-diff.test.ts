import { expect, test } from 'vitest';
import { lineDiff } from './line-diff.ts';

test('equal texts have no difference', () => {
  expect(lineDiff('a\nb\n', 'a\nb\n')).toBe('');
});

test('a changed line shows both ways, with three lines around it', () => {
  const diff = lineDiff('1\n2\n3\n4\n5\n6\n7\n8\n9', '1\n2\n3\n4\nfive\n6\n7\n8\n9');
  expect(diff).toBe('@@ -5,1 +5,1 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8');
});

test('a line more or less at the end is a difference', () => {
  expect(lineDiff('a', 'a\nb')).toBe('@@ -2,0 +2,1 @@\n a\n+b');
  expect(lineDiff('a\na', 'a')).toBe('@@ -2,1 +2,0 @@\n a\n-a');
});

test('a long difference is cut short and says by how much', () => {
  const many = Array.from({ length: 100 }, (_, i) => String(i)).join('\n');
  expect(lineDiff('x', many)).toContain('+59\n ... 40 more lines');
});
