import fc from "fast-check";
import { expect, test } from "vitest";
import { DenseCounts, HashCounts } from "../../bench/counting/flat-counts.ts";

test("the native tables count as a map does, growing as they must", () => {
  const keys = fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 600 });
  fc.assert(
    fc.property(keys, fc.constantFrom(1, 2, 4), (keys, peers) => {
      const mine = keys.filter((key) => key % peers === 0);
      const expected = new Map<number, number>();
      const running = mine.map((key) => {
        expected.set(key, (expected.get(key) ?? 0) + 1);
        return expected.get(key);
      });
      for (const table of [new HashCounts(1), new DenseCounts(301, peers)]) {
        const out = new Float64Array(mine.length);
        const half = mine.length >> 1;
        table.count(Uint32Array.from(mine), half, out);
        table.count(Uint32Array.from(mine.slice(half)), mine.length - half, out.subarray(half));
        expect([...out]).toEqual(running);
      }
    }),
  );
});
