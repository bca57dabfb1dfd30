import { describe, expect, it } from "vitest";
import { keyedJoin } from "../../src/index.ts";
import { drive } from "./drive.ts";

type Pair = readonly [key: number, value: number];

describe("keyedJoin", () => {
  it("sends every pair with equal keys once, at the later one's time, whatever moves", () => {
    for (let seed = 1; seed <= 60; seed++) {
      let next = 0;
      const record = (random: { below(n: number): number }): Pair => [random.below(6), next++];
      const { first, second, results } = drive<Pair, Pair, string>({
        seed,
        workers: 1 + (seed % 3),
        bins: seed % 4,
        record1: record,
        record2: record,
        build: (left, right, control) =>
          left.pipe(
            keyedJoin(
              "join",
              right,
              { key1: ([key]) => key, key2: ([key]) => key, result: (a, b) => `${a[1]}+${b[1]}` },
              { control, bins: seed % 4, budget: 40, credit: 60, preCopy: (seed % 2) * 1000 },
            ),
          ),
      });
      const expected = first.flatMap(([time, a]) =>
        second.flatMap(([at, b]) => (a[0] === b[0] ? [`${a[1]}+${b[1]} at ${Math.max(time, at)}`] : [])),
      );
      expect(results.map(([time, pair]) => `${pair} at ${time}`).sort(), `seed ${seed}`).toEqual(expected.sort());
    }
  });
});
