// Change batches against a map of counts.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { integers, pair, product, type TimeDomain } from "../../src/index.ts";
import { ChangeBatch } from "../../src/progress/index.ts";

const few = fc.nat(3);
const clocks = [
  ["integers", integers as TimeDomain<unknown>, fc.nat(20) as fc.Arbitrary<unknown>],
  ["pairs", product(integers, integers) as TimeDomain<unknown>, fc.tuple(few, few).map(([a, b]) => pair(a, b))],
] as const;

/** The entries of a batch as text. */
function entriesOf(batch: ChangeBatch<unknown>): string[] {
  batch.compact();
  return batch.locations
    .slice(0, batch.length)
    .map((location, i) => `${location} ${batch.domain.key(batch.times[i])} ${batch.diffs[i]}`);
}

describe.each(clocks)("ChangeBatch of %s", (_, domain, times) => {
  const updates = fc.array(fc.tuple(fc.nat(4), times, fc.integer({ min: -2, max: 2 })), { maxLength: 300 });

  it("has the sum of all updates, sorted, without what cancelled", () => {
    fc.assert(
      fc.property(updates, (all) => {
        const batch = new ChangeBatch(domain);
        const counts = new Map<string, { location: number; time: unknown; diff: number }>();
        for (const [location, time, diff] of all) {
          batch.update(location, time, diff);
          const key = `${location} ${domain.key(time)}`;
          const entry = counts.get(key) ?? { location, time, diff: 0 };
          counts.set(key, { ...entry, diff: entry.diff + diff });
        }
        const left = [...counts.values()].filter(({ diff }) => diff !== 0);
        left.sort((a, b) => a.location - b.location || domain.compare(a.time, b.time));
        const expected = left.map(({ location, time, diff }) => `${location} ${domain.key(time)} ${diff}`);
        expect(batch.isEmpty()).toBe(expected.length === 0);
        expect(batch.size()).toBe(expected.length);
        expect(entriesOf(batch)).toEqual(expected);
        // Draining adds to what is there, and leaves nothing behind.
        const other = new ChangeBatch(domain);
        for (const { location, time, diff } of left) other.update(location, time, -diff);
        batch.drainInto(other);
        expect(batch.isEmpty()).toBe(true);
        expect(other.isEmpty()).toBe(true);
      }),
    );
  });
});

describe("ChangeBatch", () => {
  it("stays as small as its distinct entries, however many updates it is given", () => {
    const batch = new ChangeBatch(integers);
    let longest = 0;
    for (let i = 0; i < 100_000; i++) {
      batch.update(i % 10, (i * 13 + Math.floor(i / 10)) % 10, 1);
      longest = Math.max(longest, batch.length);
    }
    expect(longest).toBeLessThanOrEqual(201);
    expect(batch.size()).toBe(100);
  });

  it("can be cleared and used again", () => {
    const batch = new ChangeBatch(integers);
    batch.update(1, 1, 1);
    batch.compact();
    batch.clear();
    batch.update(1, 1, 2);
    expect(entriesOf(batch as ChangeBatch<unknown>)).toEqual(["1 1 2"]);
  });
});
