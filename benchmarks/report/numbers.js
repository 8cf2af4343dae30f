// Numbers as people read them.

const format = (digits) => new Intl.NumberFormat('en', { maximumSignificantDigits: digits });
const three = format(3);
const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** Three digits, or all of those before the point. */
export function show(value) {
  return Math.abs(value) >= 1000 ? whole.format(value) : three.format(value);
}

const LARGER = { ns: ['us', 1e3], us: ['ms', 1e3], ms: ['s', 1e3] };
const NAMES = { us: '\u00b5s' };

/** With its unit, in a larger one where that has fewer digits: 1,210 ns is 1.21 µs. */
export function showIn(value, unit) {
  const larger = LARGER[unit];
  if (larger !== undefined && Math.abs(value) >= 1000) return showIn(value / larger[1], larger[0]);
  return unit === '%' ? `${show(value)}%` : `${show(value)} ${NAMES[unit] ?? unit}`.trim();
}

/** Whether values are so far apart that a linear scale would hide the small ones. */
export function needsLogarithm(values) {
  const positive = values.filter((value) => value > 0);
  return positive.length === values.length && Math.max(...positive) > 30 * Math.min(...positive);
}
