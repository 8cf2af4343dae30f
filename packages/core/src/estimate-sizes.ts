// Which block sizes serve given sizes of requests with the least memory. Pure arithmetic.

import { highWaterOf, partOf, type Traffic } from './estimate-traffic.ts';

/** A size of requests and how many of all have it. */
export interface Share {
  /** Bytes of a block that just fits them. */
  readonly bytes: number;
  /** Of all requests, 0 to 1. */
  readonly share: number;
}

/** Joins neighbours from `first` to `last` into the last's size. */
function joined(shares: readonly Share[], first: number, last: number): Share {
  const part = shares.slice(first, last + 1);
  return {
    bytes: part.at(-1)?.bytes ?? 0,
    share: Math.min(
      1,
      part.reduce((sum, one) => sum + one.share, 0),
    ),
  };
}

/** The cheapest way to serve the first so many shares. */
interface Choice {
  readonly cost: number;
  readonly classes: readonly Share[];
}

/**
 * Joins ascending sizes into `most` classes or fewer, such that the classes' high waters take the fewest bytes together. More classes
 * waste less inside blocks; fewer need less in reserve, because their peaks do not all come at one time. By dynamic
 * programming: the cheapest way to serve the first sizes in n classes ends in one class above the cheapest way in n - 1.
 */
export function chooseClasses(
  shares: readonly Share[],
  traffic: Traffic,
  miss: number,
  most: number,
): readonly Share[] {
  const count = shares.length;
  const costOf = (one: Share) => highWaterOf(partOf(traffic, one.share), miss) * one.bytes;
  // By last and first size of a class.
  const spans = shares.map((_, last) =>
    Array.from({ length: last + 1 }, (_, first) => {
      const span = joined(shares, first, last);
      return { span, cost: costOf(span) };
    }),
  );
  let best: (Choice | undefined)[] = [{ cost: 0, classes: [] }, ...new Array<undefined>(count).fill(undefined)];
  let cheapest: Choice | undefined;
  for (let classes = 1; classes <= Math.min(most, count); classes++) {
    best = best.map((_, served) => cheapestEnding(best, spans[served - 1] ?? []));
    const whole = best[count];
    if (whole !== undefined && (cheapest === undefined || whole.cost < cheapest.cost)) cheapest = whole;
  }
  return cheapest?.classes ?? [];
}

/** The cheapest of the choices made so far with one more class on top, one of `spans` by their first size. */
function cheapestEnding(
  before: readonly (Choice | undefined)[],
  spans: readonly { readonly span: Share; readonly cost: number }[],
): Choice | undefined {
  let cheapest: Choice | undefined;
  spans.forEach(({ span, cost }, first) => {
    const below = before[first];
    if (below === undefined || below.cost + cost >= (cheapest?.cost ?? Number.POSITIVE_INFINITY)) return;
    cheapest = { cost: below.cost + cost, classes: [...below.classes, span] };
  });
  return cheapest;
}
