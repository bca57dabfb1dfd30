// Changing multisets of times, with negative counts in passing, against minimal elements found anew after every update.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { integers, MutableAntichain, type TimeKey } from "../../src/index.ts";
import { minimalTimes } from "../oracle/minimal-times.ts";
import { smallDomains } from "./arbitraries.ts";

describe.each(smallDomains.map((each) => [each.domain.name, each] as const))(
  "MutableAntichain of %s",
  (_, { domain, times }) => {
    const updates = fc.array(fc.tuple(times, fc.integer({ min: -3, max: 3 })), { maxLength: 60 });
    const sorted = (elements: readonly unknown[]) => [...elements].sort(domain.compare);

    it("has the minimal times of positive count, and reports how they change", () => {
      fc.assert(
        fc.property(updates, times, (all, probe) => {
          const antichain = new MutableAntichain(domain);
          const counts = new Map<TimeKey, { time: unknown; count: number }>();
          const followed = new Map<TimeKey, number>();
          for (const [time, diff] of all) {
            const entry = counts.get(domain.key(time)) ?? { time, count: 0 };
            counts.set(domain.key(time), { time, count: entry.count + diff });
            const changed = antichain.update(time, diff);
            expect(changed).toBe(antichain.changes > 0);
            for (let i = 0; i < antichain.changes; i++) {
              const key = domain.key(antichain.changedTimes[i]);
              followed.set(key, (followed.get(key) ?? 0) + (antichain.changedDiffs[i] as number));
            }
            const held = [...counts.values()].filter(({ count }) => count !== 0);
            const positive = held.filter(({ count }) => count > 0).map((each) => each.time);
            const expected = minimalTimes(domain, positive);
            expect(sorted(antichain.elements)).toEqual(expected);
            // Whoever adds up the reported changes has the elements, each once.
            const present = [...followed].filter(([, count]) => count !== 0);
            expect(new Map(present)).toEqual(new Map(expected.map((each) => [domain.key(each), 1])));
            expect(antichain.lessEqual(probe)).toBe(positive.some((each) => domain.lessEqual(each, probe)));
            expect(antichain.lessThan(probe)).toBe(
              positive.some((each) => domain.lessEqual(each, probe) && domain.compare(each, probe) !== 0),
            );
            expect(antichain.isEmpty()).toBe(positive.length === 0);
            expect(antichain.isBare()).toBe(held.length === 0);
            expect([...antichain.entries()]).toEqual(
              held.sort((a, b) => domain.compare(a.time, b.time)).map((each) => [each.time, each.count]),
            );
          }
        }),
        { numRuns: 60 },
      );
    });
  },
);

describe("MutableAntichain", () => {
  it("remembers a negative count until its positive one comes", () => {
    const antichain = new MutableAntichain(integers);
    expect(antichain.update(3, -1)).toBe(false);
    expect(antichain.update(5, 1)).toBe(true);
    expect(antichain.elements).toEqual([5]);
    expect(antichain.update(3, 1)).toBe(false);
    expect(antichain.update(3, 1)).toBe(true);
    expect(antichain.elements).toEqual([3]);
  });
});
