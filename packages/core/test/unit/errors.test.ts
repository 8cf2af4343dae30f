import { describe, expect, test } from 'vitest';
import { ExhaustedError, rangeError, show, SyncPoolError, typeError } from '../../src/errors.ts';

describe('an error of the package', () => {
  test('carries code, name and message, and is an Error', () => {
    const error = new SyncPoolError('ERR_SYNCPOOL_CLOSED', 'closed');
    expect(error).toBeInstanceOf(Error);
    expect([error.name, error.code, error.message]).toEqual(['SyncPoolError', 'ERR_SYNCPOOL_CLOSED', 'closed']);
  });

  test('about exhaustion carries the numbers too', () => {
    const at = { pool: 'p', size: 4096, leased: 3, stashed: 2, limit: 65536 };
    const error = new ExhaustedError('none', at);
    expect(error).toBeInstanceOf(SyncPoolError);
    expect(error).toMatchObject({ ...at, code: 'ERR_SYNCPOOL_EXHAUSTED', message: 'none' });
  });

  test('about an argument is a plain TypeError or RangeError with a code', () => {
    const type = typeError('ERR_SYNCPOOL_INVALID_OPTION', 'a');
    const range = rangeError('ERR_SYNCPOOL_INVALID_SIZE', 'b');
    expect(type).toBeInstanceOf(TypeError);
    expect(range).toBeInstanceOf(RangeError);
    expect([type.name, type.code, type.message]).toEqual(['TypeError', 'ERR_SYNCPOOL_INVALID_OPTION', 'a']);
    expect([range.name, range.code, range.message]).toEqual(['RangeError', 'ERR_SYNCPOOL_INVALID_SIZE', 'b']);
  });
});

describe('a value in a message', () => {
  const shown: [what: string, value: unknown, as: string][] = [
    ['a number', 1.5, '1.5'],
    ['NaN', Number.NaN, 'NaN'],
    ['a bigint', 3n, '3'],
    ['undefined', undefined, 'undefined'],
    ['null', null, 'null'],
    ['a symbol', Symbol('s'), 'Symbol(s)'],
    ['a string, quoted', 'a"b', '"a\\"b"'],
    ['a string of 40 characters, whole', 'x'.repeat(40), `"${'x'.repeat(40)}"`],
    ['a longer string, cut', 'x'.repeat(41), `"${'x'.repeat(40)}..."`],
    ['an array', [1, 2], 'an object (Array)'],
    ['an object', {}, 'an object (Object)'],
    ['an object without prototype', Object.create(null), 'an object (no prototype)'],
    ['a view, without its bytes', new Uint8Array(1000), 'an object (Uint8Array)'],
  ];
  for (const [what, value, as] of shown) {
    test(`shows ${what}`, () => {
      expect(show(value)).toBe(as);
    });
  }
});
