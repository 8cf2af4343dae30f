// How many buffers are in use at one time, at most, over a stretch of time. Pure arithmetic.
//
// Requests that arrive by chance (Poisson, `perSecond`) and hold a buffer for `holdMs` on average, of whatever distribution, make
// an M/G/infinity queue: the number in use is Poisson with mean a = rate x holding time (Little's law). More than k are in use
// during a stretch only if more than k are at its beginning, or if an arrival finds exactly k; there are rate x length arrivals, and
// each finds k with probability p(k), because arrivals by chance see averages of time. So
//
//   P(more than k) <= P(N > k) + arrivals x p(k)
//
// which holds for any distribution of holding times; and for a rate that varies, if `arrivals` and `a` are those of its peak:
// leaving some arrivals out never raises the number in use.

/** Traffic of one size. */
export interface Traffic {
  /** In use on average. */
  readonly mean: number;
  /** Arrivals in the stretch. */
  readonly arrivals: number;
  /** More than this can never be in use. */
  readonly most: number;
}

/** ln(k!), by Stirling's series from 10 on. */
export function logFactorial(k: number): number {
  let shift = 0;
  let x = k + 1;
  // The series is for large numbers: ln gamma(x) = ln gamma(x + 1) - ln x.
  while (x < 10) {
    shift -= Math.log(x);
    x += 1;
  }
  const inverse = 1 / x;
  const series = inverse / 12 - inverse ** 3 / 360 + inverse ** 5 / 1260;
  return shift + (x - 0.5) * Math.log(x) - x + Math.log(2 * Math.PI) / 2 + series;
}

/** Probability that exactly k of a Poisson number with this mean are in use. */
export function poisson(mean: number, k: number): number {
  return Math.exp(k * Math.log(mean) - mean - logFactorial(k));
}

/** Upper bound of the probability that more than k are in use at some moment of the stretch, for k at the mean or above. */
function missBound({ mean, arrivals }: Traffic, k: number): number {
  // The tail's terms shrink at least as fast as a geometric series.
  const tail = poisson(mean, k + 1) / (1 - mean / (k + 2));
  return tail + arrivals * poisson(mean, k);
}

/** The least number that is exceeded during the stretch with probability `miss` at most. */
export function highWaterOf(traffic: Traffic, miss: number): number {
  const { mean, most } = traffic;
  if (mean === 0) return 0;
  let low = Math.floor(mean);
  let high = low + 1;
  while (missBound(traffic, high) > miss) {
    low = high;
    high += Math.ceil(Math.sqrt(mean)) + (high - Math.floor(mean));
    if (high >= most && low >= most) return most;
  }
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (missBound(traffic, middle) > miss) low = middle;
    else high = middle;
  }
  return Math.min(high, most);
}

/** The part of the traffic that has some property with probability `share`: again arrivals by chance. */
export function partOf(traffic: Traffic, share: number): Traffic {
  return { mean: traffic.mean * share, arrivals: traffic.arrivals * share, most: traffic.most };
}
