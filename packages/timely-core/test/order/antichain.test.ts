// Antichains against minimal elements found by comparing all with all.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Antichain, integers, pair, product } from "../../src/index.ts";
import { minimalTimes } from "../oracle/minimal-times.ts";
import { smallDomains } from "./arbitraries.ts";

describe.each(smallDomains.map((each) => [each.domain.name, each] as const))(
  "Antichain of %s",
  (_, { domain, times }) => {
    const sets = fc.array(times, { maxLength: 12 });
    const sorted = (elements: readonly unknown[]) => [...elements].sort(domain.compare);

    it("holds the minimal times, whatever the order of insertion", () => {
      fc.assert(
        fc.property(sets, (all) => {
          const forward = new Antichain(domain, all);
          const backward = new Antichain(domain, [...all].reverse());
          expect(sorted(forward.elements)).toEqual(minimalTimes(domain, all));
          expect(forward.equals(backward)).toBe(true);
        }),
      );
    });

    it("tells whether an insertion changed it", () => {
      fc.assert(
        fc.property(sets, times, (all, time) => {
          const antichain = new Antichain(domain, all);
          const before = antichain.clone();
          expect(antichain.insert(time)).toBe(!antichain.equals(before));
          expect(before.elements).toEqual(new Antichain(domain, all).elements);
        }),
      );
    });

    it("answers as the set of all times at or after its elements", () => {
      fc.assert(
        fc.property(sets, sets, times, (all, others, time) => {
          const antichain = new Antichain(domain, all);
          const other = new Antichain(domain, others);
          const before = (a: unknown) => domain.lessEqual(a, time);
          expect(antichain.lessEqual(time)).toBe(all.some(before));
          expect(antichain.lessThan(time)).toBe(all.some((a) => before(a) && domain.compare(a, time) !== 0));
          expect(antichain.isEmpty()).toBe(all.length === 0);
          expect(antichain.dominates(other)).toBe(others.every((b) => all.some((a) => domain.lessEqual(a, b))));
          expect(antichain.equals(other)).toBe(antichain.dominates(other) && other.dominates(antichain));
        }),
      );
    });
  },
);

describe("Antichain", () => {
  it("keeps incomparable times side by side", () => {
    const frontier = new Antichain(product(integers, integers), [pair(2, 2), pair(0, 3), pair(3, 0), pair(4, 4)]);
    expect(frontier.elements).toEqual([pair(2, 2), pair(0, 3), pair(3, 0)]);
    expect(frontier.lessEqual(pair(1, 1))).toBe(false);
    expect(frontier.lessThan(pair(0, 3))).toBe(false);
    expect(frontier.lessThan(pair(0, 4))).toBe(true);
  });
});
