import { expect, test } from 'vitest';
import { Claims, IN_TRANSIT } from './claims.ts';

function setUp(): { claims: Claims; large: Uint8Array; second: Uint8Array } {
  const data = new SharedArrayBuffer(8192);
  const claims = new Claims(Claims.memoryFor(data), data);
  return { claims, large: new Uint8Array(data, 0, 4096), second: new Uint8Array(data, 1024, 1024) };
}

test('entering, sending on and leaving in turn is no violation', () => {
  const { claims, large } = setUp();
  claims.enter(large, 1);
  expect(claims.held).toBe(4);
  claims.move(large, 1, IN_TRANSIT);
  claims.move(large, IN_TRANSIT, 2);
  claims.leave(large, 2);
  expect(claims.held).toBe(0);
  expect(claims.wrong).toEqual([]);
});

test('entering bytes that another holds through a buffer of another size is a violation', () => {
  const { claims, large, second } = setUp();
  claims.enter(second, 1);
  claims.enter(large, 2);
  expect(claims.wrong).toEqual(['1024: 0 to 2, but 1 holds it']);
});

test('leaving what one does not hold is a violation', () => {
  const { claims, second } = setUp();
  claims.leave(second, 1);
  expect(claims.wrong).toHaveLength(1);
});

test('a stamp is read back, and one word overwritten in any of its places is a violation', () => {
  for (const at of [0, 17, 1023 - 9, 1023]) {
    const { claims, large } = setUp();
    claims.stamp(large, 1234);
    expect(claims.stampOf(large)).toBe(1234);
    expect(claims.wrong).toEqual([]);
    large[at * 4] = 99;
    claims.stampOf(large);
    expect(claims.wrong).toHaveLength(1);
  }
});

test('what a dead holder had entered is nobody`s, what a live one has is a violation', () => {
  const data = new SharedArrayBuffer(8192);
  const claims = new Claims(Claims.memoryFor(data), data, (holder) => holder === 1);
  const buffer = new Uint8Array(data, 0, 1024);
  claims.enter(buffer, 1);
  claims.enter(buffer, 2);
  expect(claims.wrong).toEqual([]);
  claims.enter(buffer, 3);
  expect(claims.wrong).toEqual(['0: 0 to 3, but 2 holds it']);
});
