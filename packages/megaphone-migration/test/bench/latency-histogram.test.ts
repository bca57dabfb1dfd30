import fc from "fast-check";
import { expect, test } from "vitest";
import { LatencyHistogram } from "../../bench/harness/latency-histogram.ts";

const latencies = fc.array(fc.double({ min: 0, max: 6e10, noNaN: true }), { minLength: 1, maxLength: 200 });
const share = fc.constantFrom(0.01, 0.25, 0.5, 0.9, 0.99, 0.999, 1);

/** The smallest of the latencies that `share` of all do not exceed. */
function exactly(all: readonly number[], share: number): number {
  const sorted = [...all].sort((a, b) => a - b);
  let i = 0;
  while (i + 1 < all.length * share) i += 1;
  return sorted[i] as number;
}

test("a percentile is that of the sorted latencies, to a step of 1.6 % or 16 ns, and never below it", () => {
  fc.assert(
    fc.property(latencies, share, (all, share) => {
      const histogram = new LatencyHistogram();
      for (const each of all) histogram.add(each);
      const exact = exactly(all, share);
      const found = histogram.percentile(share);
      expect(found).toBeGreaterThanOrEqual(exact);
      expect(found).toBeLessThanOrEqual(Math.max(exact * (1 + 1 / 64), exact + 16));
    }),
  );
});

test("the maximum is exact, and survives as plain data", () => {
  fc.assert(
    fc.property(latencies, latencies, (some, others) => {
      const [first, second, both] = [new LatencyHistogram(), new LatencyHistogram(), new LatencyHistogram()];
      for (const each of some) first.add(each);
      for (const each of others) second.add(each);
      for (const each of [...some, ...others]) both.add(each);
      expect(both.max).toBe(Math.max(...some, ...others));
      first.addAll(JSON.parse(JSON.stringify(second.toData())));
      expect(first.toData()).toEqual(both.toData());
      expect(first.total).toBe(some.length + others.length);
    }),
  );
});

test("the share beyond the last step is none, and shares descend", () => {
  fc.assert(
    fc.property(latencies, (all) => {
      const histogram = new LatencyHistogram();
      for (const each of all) histogram.add(each);
      const points = histogram.beyond();
      expect(points.at(-1)).toEqual([histogram.max, 0]);
      for (let i = 1; i < points.length; i++) {
        expect((points[i] as [number, number])[1]).toBeLessThan((points[i - 1] as [number, number])[1]);
      }
      // A step begins where the one before it ends.
      for (const [nanoseconds, beyond] of points.slice(0, -1)) {
        expect(beyond).toBe(all.filter((each) => each >= nanoseconds).length / all.length);
      }
    }),
  );
});

test("none counted: no percentile", () => {
  expect(new LatencyHistogram().percentile(0.5)).toBeNaN();
});
