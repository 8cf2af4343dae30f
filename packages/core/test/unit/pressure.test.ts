// Pressure is a deadline in a word of 30 bits of wall-clock milliseconds: it wraps every 12 days.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { GATE_CLOSED } from '../../src/kernel/gate.ts';
import { C_GATE } from '../../src/kernel/layout.ts';
import { isPressed, press } from '../../src/pressure.ts';
import { localMagazine } from '../support/local-pool.ts';
import { fc } from '../support/property.ts';

/** One turn of the clock, in milliseconds. */
const TURN = 2 ** 30;
const PRESSURE_MS = 200;
/** The clock counts in twos, so a deadline may come so much early or late. */
const SLACK_MS = 1;

describe.each(['wasm', 'atomics'] as const)('pressure on a class (%s)', (kernelName) => {
  const magazine = localMagazine(256, kernelName);
  const { kernel } = magazine.processor;
  const at = magazine.cls + C_GATE;
  const gate = () => kernel.loadShared(at);
  const setGate = (word: number) => kernel.moveGate(magazine.cls, gate(), word);

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'] });
    setGate(0);
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('is none at first', () => {
    expect(isPressed(magazine)).toBe(false);
    expect(gate()).toBe(0);
  });

  test('lasts 200 ms and lapses by itself, at any time of the clock and over its wrap', () => {
    const aroundWrap = fc.integer({ min: -300, max: 300 }).map((ms) => TURN * 1600 + ms);
    const anyTime = fc.oneof(aroundWrap, fc.integer({ min: 0, max: 2 ** 43 }));
    fc.assert(
      fc.property(anyTime, fc.integer({ min: 0, max: 3 * PRESSURE_MS }), (now, laterMs) => {
        setGate(0);
        vi.setSystemTime(now);
        press(magazine);
        expect(gate()).not.toBe(0);
        expect(gate()).not.toBe(GATE_CLOSED);
        expect(isPressed(magazine)).toBe(true);
        vi.setSystemTime(now + laterMs);
        if (laterMs < PRESSURE_MS - SLACK_MS) expect(isPressed(magazine)).toBe(true);
        if (laterMs > PRESSURE_MS + SLACK_MS) {
          expect(isPressed(magazine)).toBe(false);
          expect(gate()).toBe(0);
        }
      }),
    );
  });

  test('is never the word for open, whatever the clock says', () => {
    for (const now of [
      TURN - PRESSURE_MS - 1,
      TURN - PRESSURE_MS,
      TURN - PRESSURE_MS + 1,
      2 ** 31 - PRESSURE_MS,
      2 ** 32 - PRESSURE_MS,
    ]) {
      setGate(0);
      vi.setSystemTime(now);
      press(magazine);
      expect(gate()).toBeGreaterThan(0);
    }
  });

  test('is prolonged by another press', () => {
    vi.setSystemTime(1_000_000);
    press(magazine);
    vi.setSystemTime(1_000_150);
    press(magazine);
    vi.setSystemTime(1_000_300);
    expect(isPressed(magazine)).toBe(true);
    vi.setSystemTime(1_000_352);
    expect(isPressed(magazine)).toBe(false);
  });

  test('lapses when the clock is set back or far ahead', () => {
    for (const jumpMs of [-3_600_000, -1000, 3_600_000, TURN / 2, TURN - 1000]) {
      setGate(0);
      vi.setSystemTime(TURN * 1500);
      press(magazine);
      vi.setSystemTime(TURN * 1500 + jumpMs);
      expect(isPressed(magazine)).toBe(false);
      expect(gate()).toBe(0);
    }
  });

  test('does not open a closed gate, nor press on it', () => {
    setGate(GATE_CLOSED);
    press(magazine);
    expect(isPressed(magazine)).toBe(false);
    expect(gate()).toBe(GATE_CLOSED);
  });
});
