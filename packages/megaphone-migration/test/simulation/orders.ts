// Orders of times for the simulation suite, with ways to walk through them.

import { integers, type Product, pair, product, type TimeDomain } from "@limmat/timely-core";
import type { Random } from "@limmat/timely-core/simulation";

/** An order of times, and random times in it. */
export interface Order<T> {
  readonly domain: TimeDomain<T>;
  /** A time at or after `time`. */
  walk(time: T, random: Random): T;
  /** A time after `time`; of a chain, whatever the steps. */
  climb(time: T, random: Random): T;
  /** A time after `time`. */
  later(time: T, by: number): T;
}

export const total: Order<number> = {
  domain: integers,
  walk: (time, random) => time + random.below(3),
  climb: (time, random) => time + 1 + random.below(2),
  later: (time, by) => time + 1 + by,
};

/** Pairs of integers: workers that go their own ways are at incomparable times. */
export const plane: Order<Product<number, number>> = {
  domain: product(integers, integers),
  walk: ({ outer, inner }, random) => pair(outer + random.below(2), inner + random.below(2)),
  climb: ({ outer, inner }, random) =>
    random.chance(0.5) ? pair(outer + 1, inner + random.below(2)) : pair(outer + random.below(2), inner + 1),
  later: ({ outer, inner }, by) => (by % 2 === 0 ? pair(outer + 1 + by, inner) : pair(outer, inner + by)),
};
