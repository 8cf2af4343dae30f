// The seam, bound to WebAssembly threads. Same names and meaning as word.ts.

@inline export function loadShared(at: i32): i32 { return atomic.load<i32>(at); }
@inline export function storeShared(at: i32, value: i32): void { atomic.store<i32>(at, value); }
@inline export function addShared(at: i32, value: i32): i32 { return atomic.add<i32>(at, value); }
@inline export function andShared(at: i32, value: i32): i32 { return atomic.and<i32>(at, value); }
@inline export function orShared(at: i32, value: i32): i32 { return atomic.or<i32>(at, value); }
@inline export function casShared(at: i32, expected: i32, replacement: i32): i32 { return atomic.cmpxchg<i32>(at, expected, replacement); }
@inline export function notifyShared(at: i32): void { atomic.notify(at, -1); }
@inline export function loadPlain(at: i32): i32 { return load<i32>(at); }
@inline export function storePlain(at: i32, value: i32): void { store<i32>(at, value); }
@inline export function loadRacy(at: i32): i32 { return load<i32>(at); }
@inline export function storeRacy(at: i32, value: i32): void { store<i32>(at, value); }
@inline export function imul(a: i32, b: i32): i32 { return a * b; }
@inline export function quotient(a: i32, b: i32): i32 { return a / b; }
@inline export function lowestBit(bits: i32): i32 { return ctz<i32>(bits); }
@inline export function bitCount(bits: i32): i32 { return popcnt<i32>(bits); }
